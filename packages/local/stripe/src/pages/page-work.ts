import type { Ctx } from "../context.ts";
import { StripeError } from "../stripe-error.ts";
import { act, noRequest, type World } from "../world.ts";

/** What answers the browser after the commit. */
export type Answer = () => void | Promise<void>;

/**
 * Runs a page's work as one transaction; the answer that it returns is given once it is committed. A refusal undoes the
 * work and is then told to the person by `tellRefusal`, with 402 when it was the card's.
 */
export async function pageWork(
  world: World,
  work: (ctx: Ctx) => Answer,
  tellRefusal: (ctx: Ctx, message: string, status: 400 | 402) => Answer,
): Promise<void> {
  await answerOf(world, work, tellRefusal)();
}

function answerOf(
  world: World,
  work: (ctx: Ctx) => Answer,
  tellRefusal: (ctx: Ctx, message: string, status: 400 | 402) => Answer,
): Answer {
  try {
    return act(world, noRequest, work);
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    return act(world, noRequest, (ctx) => tellRefusal(ctx, error.message, error.status === 402 ? 402 : 400));
  }
}
