import { z } from "zod";
import type { Ctx } from "@turnpike/core";
import { AppError } from "@turnpike/core";
import { singleFlight } from "../single-flight.ts";
import { syncSubscription } from "./sync-subscription.ts";

const rememberSec = 60;

const Remembered = z.object({ at: z.coerce.date(), isConfirmed: z.boolean() });

/** Many checks at once ask Stripe once. */
const askOnce = singleFlight<boolean>();

/**
 * Asks Stripe about subscriptions whose rows should have changed by now, and writes what it says. Each is asked once a
 * minute at most, whoever asks. Returns those that Stripe has answered for.
 */
export async function confirmSubscriptions(ctx: Ctx, stripeSubscriptionIds: string[]): Promise<Set<string>> {
  const answers = await Promise.all(
    stripeSubscriptionIds.map(async (id) => ((await isConfirmed(ctx, id)) ? [id] : [])),
  );
  return new Set(answers.flat());
}

async function isConfirmed(ctx: Ctx, id: string): Promise<boolean> {
  const remembered = Remembered.safeParse(await ctx.cache.get(keyOf(id))).data;
  if (remembered && Math.abs(ctx.now().getTime() - remembered.at.getTime()) < rememberSec * 1000) {
    return remembered.isConfirmed;
  }
  return askOnce(id, () => ask(ctx, id));
}

async function ask(ctx: Ctx, id: string): Promise<boolean> {
  const at = ctx.now();
  const isConfirmed = await readBack(ctx, id);
  await ctx.cache.set(keyOf(id), { at, isConfirmed }, rememberSec);
  return isConfirmed;
}

async function readBack(ctx: Ctx, id: string): Promise<boolean> {
  try {
    // Somebody waits for the answer: no second attempt, and no longer than they would wait.
    await syncSubscription(ctx, id, { timeout: 4_000, maxNetworkRetries: 0 });
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn("billing.read_repair_failed", { stripeSubscriptionId: id, appCode: error.appCode });
    return false;
  }
}

function keyOf(id: string): string {
  return `billing:confirmed:${id}`;
}
