import type { Invoice, Subscription, SubscriptionSchedule } from "../model/billing.ts";
import type { AnyObject, CheckoutSession } from "../model/objects.ts";

/** A moment (unix seconds) at which time itself changes an object. Those of one object fire in the order given. */
export interface Timer {
  kind:
    | "phase"
    | "cancel"
    | "renew"
    | "expire"
    | "unpause"
    | "drop_pending_update"
    | "trial_will_end"
    | "upcoming"
    | "finalize"
    | "retry";
  at: number;
}

const day = 86_400;
/** An unpaid first invoice ends the subscription after this. Source: docs.stripe.com/billing/subscriptions/overview. */
export const incompleteLifetimeSec = 23 * 3600;
/** `customer.subscription.trial_will_end` comes this long before the end, or at once when the trial is shorter. */
export const trialNoticeSec = 3 * day;
/** `invoice.upcoming` comes this long before a renewal. */
export const upcomingNoticeSec = 3 * day;

/** What time will do to this object, derived from its state alone. `now`: notices whose moment has passed are not given again. */
export function timersOf(value: AnyObject, now: number): Timer[] {
  if (value.object === "subscription") return subscriptionTimers(value, now);
  if (value.object === "subscription_schedule") return scheduleTimers(value);
  if (value.object === "invoice") return invoiceTimers(value);
  return value.object === "checkout.session" ? sessionTimers(value) : [];
}

function subscriptionTimers(subscription: Subscription, now: number): Timer[] {
  const { status } = subscription;
  if (status === "canceled" || status === "incomplete_expired") return [];
  if (status === "incomplete") return [{ kind: "expire", at: subscription.created + incompleteLifetimeSec }];
  const timers: Timer[] = [];
  const periodEnd = Math.min(...subscription.items.data.map((item) => item.current_period_end));
  if (subscription.cancel_at !== null) timers.push({ kind: "cancel", at: subscription.cancel_at });
  if (subscription.pending_update) {
    timers.push({ kind: "drop_pending_update", at: subscription.pending_update.expires_at });
  }
  if (subscription.pause_collection?.resumes_at) {
    timers.push({ kind: "unpause", at: subscription.pause_collection.resumes_at });
  }
  if (status === "paused") return timers;
  if (status === "trialing" && subscription.trial_end !== null) {
    const at = subscription.trial_end - trialNoticeSec;
    if (at > now) timers.push({ kind: "trial_will_end", at });
  }
  const upcomingAt = periodEnd - upcomingNoticeSec;
  const renews = subscription.cancel_at === null || subscription.cancel_at > periodEnd;
  if (status === "active" && renews && upcomingAt > now) timers.push({ kind: "upcoming", at: upcomingAt });
  timers.push({ kind: "renew", at: periodEnd });
  return timers;
}

function invoiceTimers(invoice: Invoice): Timer[] {
  if (invoice.status === "draft" && invoice.automatically_finalizes_at !== null) {
    return [{ kind: "finalize", at: invoice.automatically_finalizes_at }];
  }
  if (invoice.status === "open" && invoice.next_payment_attempt !== null) {
    return [{ kind: "retry", at: invoice.next_payment_attempt }];
  }
  return [];
}

function scheduleTimers(schedule: SubscriptionSchedule): Timer[] {
  if (schedule.status !== "active" || schedule.current_phase === null) return [];
  return [{ kind: "phase", at: schedule.current_phase.end_date }];
}

function sessionTimers(session: CheckoutSession): Timer[] {
  return session.status === "open" ? [{ kind: "expire", at: session.expires_at }] : [];
}
