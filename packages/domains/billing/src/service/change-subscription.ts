import Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import { askStripe, isMissing } from "@turnpike/products";
import { errors } from "../errors.ts";
import { isEnding } from "../mirror/subscription-changes.ts";
import { isTerminal } from "../mirror/subscription-row.ts";
import type { CancelSubscription, Subscription, SubscriptionId } from "../models.ts";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import { requireBillingRights } from "./billing-rights.ts";
import { getSubscription, getSubscriptionRow } from "./subscriptions.ts";
import { syncSubscription } from "./sync-subscription.ts";

/**
 * Cancels a subscription at the end of its period, or now; one that is about to end can still be ended now.
 * Errors: billing.not_allowed, billing.not_found, billing.already_canceled, core.unavailable.
 */
export async function cancelSubscription(ctx: OrganizationCtx, input: CancelSubscription): Promise<Subscription> {
  requireBillingRights(ctx);
  const row = await getSubscriptionRow(ctx, input);
  const isLate = isOver(ctx, row) || (input.at === "period_end" && isEnding(row));
  if (isLate) throw errors.already_canceled({ subscriptionId: row.id });
  const comment = input.reason === undefined ? {} : { cancellation_details: { comment: input.reason } };
  return change(ctx, row, () =>
    input.at === "now"
      ? ctx.stripe.subscriptions.cancel(row.stripeSubscriptionId, comment)
      : ctx.stripe.subscriptions.update(
          row.stripeSubscriptionId,
          { cancel_at_period_end: true, ...comment },
          { idempotencyKey: keyOf(ctx, "cancel", row) },
        ),
  );
}

/**
 * Takes back a scheduled end, in whichever of the two ways it was scheduled: the flag, or the date that Stripe's portal
 * sets. Errors: billing.not_allowed, billing.not_found, billing.already_canceled, billing.not_canceling, core.unavailable.
 */
export async function resumeSubscription(ctx: OrganizationCtx, input: SubscriptionId): Promise<Subscription> {
  requireBillingRights(ctx);
  const row = await getSubscriptionRow(ctx, input);
  if (isOver(ctx, row)) throw errors.already_canceled({ subscriptionId: row.id });
  if (!isEnding(row)) throw errors.not_canceling({ subscriptionId: row.id });
  const undo: Stripe.SubscriptionUpdateParams = row.cancelAtPeriodEnd
    ? { cancel_at_period_end: false }
    : { cancel_at: "" };
  return change(ctx, row, () =>
    ctx.stripe.subscriptions.update(row.stripeSubscriptionId, undo, { idempotencyKey: keyOf(ctx, "resume", row) }),
  );
}

/** A change of what was read: the same again is one change, and after another reading it is a new one. */
function keyOf(ctx: OrganizationCtx, verb: string, row: SubscriptionRow): string {
  return ctx.key(verb, row.id, row.syncedAt.toISOString());
}

function isOver(ctx: OrganizationCtx, row: SubscriptionRow): boolean {
  return isTerminal(row.status) || (row.endedAt !== null && row.endedAt <= ctx.now());
}

/** Writes at Stripe, reads back, mirrors. What ended there meanwhile answers as what has ended. */
async function change(
  ctx: OrganizationCtx,
  row: SubscriptionRow,
  write: () => Promise<Stripe.Subscription>,
): Promise<Subscription> {
  const input = { subscriptionId: row.id };
  try {
    await askStripe(write());
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    if (isMissing(error)) throw errors.unknown_at_stripe(input, { cause: error });
    await syncSubscription(ctx, row.stripeSubscriptionId);
    if (isOver(ctx, await getSubscriptionRow(ctx, input))) throw errors.already_canceled(input, { cause: error });
    throw error;
  }
  await syncSubscription(ctx, row.stripeSubscriptionId);
  return getSubscription(ctx, input);
}
