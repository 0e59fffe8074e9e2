import { isDeepStrictEqual } from "node:util";
import { events } from "../events.ts";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import { isTerminal } from "./subscription-row.ts";

type SubscriptionEvent =
  | "subscription_created"
  | "subscription_activated"
  | "subscription_updated"
  | "subscription_past_due"
  | "subscription_cancel_scheduled"
  | "subscription_resumed"
  | "subscription_canceled";

/** What happened between two readings of a subscription, in the order it is told. Pure. */
export function changesOf(
  before: SubscriptionRow | undefined,
  after: SubscriptionRow,
  itemsDiffer: boolean,
): (typeof events)[SubscriptionEvent][] {
  const changes: (typeof events)[SubscriptionEvent][] = [];
  if (!before) changes.push(events.subscription_created);
  if (isGiving(after.status) && !isGiving(before?.status)) changes.push(events.subscription_activated);
  if (after.status === "past_due" && before?.status !== "past_due") changes.push(events.subscription_past_due);
  const ends = isEnding(after);
  if (ends && !(before && isEnding(before)) && !isTerminal(after.status)) {
    changes.push(events.subscription_cancel_scheduled);
  }
  if (before && isEnding(before) && !ends && !isTerminal(after.status)) changes.push(events.subscription_resumed);
  if (isTerminal(after.status) && !(before && isTerminal(before.status))) changes.push(events.subscription_canceled);
  if (changes.length === 0 && (itemsDiffer || !isSame(before, after))) changes.push(events.subscription_updated);
  return changes;
}

/** Whether the end of a subscription is scheduled, in either of the two ways that Stripe has. */
export function isEnding(row: { cancelAtPeriodEnd: boolean; cancelAt: Date | null }): boolean {
  return row.cancelAtPeriodEnd || row.cancelAt !== null;
}

function isGiving(status: string | undefined): boolean {
  return status === "active" || status === "trialing";
}

/** Whether two rows say the same, but for when they were read. */
function isSame(before: SubscriptionRow | undefined, after: SubscriptionRow): boolean {
  return isDeepStrictEqual({ ...before, syncedAt: null }, { ...after, syncedAt: null });
}
