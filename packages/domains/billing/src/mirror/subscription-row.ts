import type Stripe from "stripe";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import type { SubscriptionSnapshot } from "./read-subscription.ts";
import { dateOf } from "./stripe-values.ts";

const terminal = new Set(["canceled", "incomplete_expired"]);

/** Whether a status is Stripe's last word: a subscription never leaves it. */
export function isTerminal(status: string): boolean {
  return terminal.has(status);
}

/**
 * The row that a reading makes of what was known before. Pure.
 * `planItem` is the item whose period is the subscription's: items may differ.
 */
export function subscriptionRow(
  identity: { id: string; organizationId: string },
  snapshot: SubscriptionSnapshot,
  planItem: Stripe.SubscriptionItem | undefined,
  before: SubscriptionRow | undefined,
  now: Date,
): SubscriptionRow {
  const { subscription } = snapshot;
  return {
    ...identity,
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: snapshot.stripeCustomerId,
    status: subscription.status,
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    cancelAt: dateOf(subscription.cancel_at),
    canceledAt: dateOf(subscription.canceled_at),
    endedAt: dateOf(subscription.ended_at),
    cancellationReason: subscription.cancellation_details?.comment ?? subscription.cancellation_details?.reason ?? null,
    trialStart: dateOf(subscription.trial_start),
    trialEnd: dateOf(subscription.trial_end),
    currentPeriodStart: dateOf(planItem?.current_period_start),
    currentPeriodEnd: dateOf(planItem?.current_period_end),
    pauseBehavior: subscription.pause_collection?.behavior ?? null,
    pauseBeganAt: subscription.pause_collection ? (before?.pauseBeganAt ?? now) : null,
    pauseResumesAt: dateOf(subscription.pause_collection?.resumes_at),
    pastDueSince: pastDueSince(snapshot, before, now),
    startedAt: dateOf(subscription.start_date),
    syncedAt: snapshot.readAt,
  };
}

/**
 * The first moment of the present stretch of past due. Stripe does not tell it, but the open invoice does: its first
 * attempt is made when it is finalized, or due. Later failures never move it forward, whatever order events come in.
 */
function pastDueSince(
  { subscription, latestInvoice }: SubscriptionSnapshot,
  before: SubscriptionRow | undefined,
  now: Date,
): Date | null {
  switch (subscription.status) {
    case "past_due":
      return earliest([before?.pastDueSince, firstAttempt(latestInvoice), now]);
    case "active":
    case "trialing":
    case "incomplete":
    case "incomplete_expired":
      return null;
    case "unpaid":
    case "paused":
    case "canceled":
    default:
      return before?.pastDueSince ?? null;
  }
}

function firstAttempt(invoice: Stripe.Invoice | null): Date | null {
  if (invoice?.status !== "open") return null;
  if (invoice.collection_method === "send_invoice") return dateOf(invoice.due_date);
  return invoice.attempt_count > 0 ? dateOf(invoice.status_transitions.finalized_at) : null;
}

function earliest(dates: (Date | null | undefined)[]): Date | null {
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.min(...times));
}
