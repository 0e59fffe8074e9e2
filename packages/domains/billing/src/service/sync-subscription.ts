import type Stripe from "stripe";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import { followUps } from "../jobs.ts";
import { applySubscription } from "../mirror/apply-subscription.ts";
import { readSubscription } from "../mirror/read-subscription.ts";
import { dropAccess } from "./access-cache.ts";

/**
 * Reads a subscription back and writes it here, by the same way as its events do; so a procedure need not wait for a
 * webhook, nor does one that comes change anything. Returns our id, or null when its customer is not linked.
 * Errors: billing.unknown_at_stripe, core.unavailable.
 */
export async function syncSubscription(
  ctx: Ctx,
  stripeSubscriptionId: string,
  options?: Stripe.RequestOptions,
): Promise<string | null> {
  const snapshot = await readSubscription(ctx, stripeSubscriptionId, { request: options });
  if (!snapshot) throw errors.unknown_at_stripe({ stripeSubscriptionId });
  const apply = { stripeEventId: null, followUps };
  const id = await ctx.system("mirror a subscription").tx((tx) => applySubscription(tx, snapshot, apply));
  if (ctx.organization) await dropAccess(ctx, ctx.organization.id);
  return id;
}
