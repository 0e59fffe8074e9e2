import type { SubscriptionFacts } from "./access-facts.ts";
import type { AccessReason } from "./access-reasons.ts";

/** The moment of a decision, and what is known besides the rows. */
export interface Moment {
  /** Business time. */
  now: Date;
  /** Days of access after the first moment of past due. */
  paymentGraceDays: number;
  /** Stripe's ids of subscriptions that Stripe has just confirmed to be as the rows say. */
  confirmed: ReadonlySet<string>;
}

/** How one subscription or grant stands at a moment. */
export interface Standing {
  granted: boolean;
  reason: AccessReason;
  /** When this standing ends if nothing happens; null when it renews by itself or grants nothing. */
  until: Date | null;
  stale: boolean;
  /** Something should have happened by now that the rows do not show: Stripe is to be asked. */
  mustRead: boolean;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long a renewal may be on its way before Stripe is asked. */
export const renewalSlackMs = hourMs;
/** How long the last answer holds while Stripe cannot be asked. */
export const staleLimitMs = 72 * hourMs;
/** How long a trial's access is kept after its end while what follows is on its way. */
export const trialSlackMs = hourMs;

/** When a subscription ends by what is known now: scheduled or done; null when it goes on. */
export function endOfSubscription(
  subscription: Pick<SubscriptionFacts, "cancelAt" | "cancelAtPeriodEnd" | "currentPeriodEnd" | "endedAt">,
): Date | null {
  const { cancelAt, cancelAtPeriodEnd, currentPeriodEnd, endedAt } = subscription;
  return earliest(cancelAt ?? (cancelAtPeriodEnd ? currentPeriodEnd : null), endedAt);
}

/** When the payment grace of a past-due subscription is over; null when it is not past due. */
export function paymentGraceEnd(pastDueSince: Date | null, paymentGraceDays: number): Date | null {
  return pastDueSince && new Date(pastDueSince.getTime() + paymentGraceDays * dayMs);
}

/** How a subscription stands, whatever it has. The rules are those of `access-reasons.ts`. */
export function standingOf(subscription: SubscriptionFacts, moment: Moment): Standing {
  if (subscription.status === "incomplete_expired") return refused("incomplete_expired");
  if (subscription.status === "canceled") return refused("subscription_ended");
  const end = endOfSubscription(subscription);
  if (end && moment.now >= end) return refused("subscription_ended");
  switch (subscription.status) {
    case "active":
      return ofActive(subscription, end, moment);
    case "trialing":
      return ofTrialing(subscription, end, moment);
    case "past_due":
      return ofPastDue(subscription, end, moment);
    case "unpaid":
    case "incomplete":
    case "paused":
      return refused(subscription.status);
    default:
      return refused("unknown_status");
  }
}

function ofActive(subscription: SubscriptionFacts, end: Date | null, moment: Moment): Standing {
  const { currentPeriodEnd, stripeSubscriptionId } = subscription;
  if (isPausedVoid(subscription, moment.now)) {
    if (isPaidForOver(subscription, moment.now)) return refused("pause_collection");
    return granted("subscription_active", earliest(end, currentPeriodEnd));
  }
  const overdueMs = currentPeriodEnd ? moment.now.getTime() - currentPeriodEnd.getTime() : 0;
  if (overdueMs <= renewalSlackMs) return granted("subscription_active", end);
  if (moment.confirmed.has(stripeSubscriptionId)) return { ...granted("subscription_active", end), mustRead: true };
  if (overdueMs > staleLimitMs) return { ...refused("renewal_missing"), mustRead: true };
  const lastMoment = currentPeriodEnd && new Date(currentPeriodEnd.getTime() + staleLimitMs);
  return { ...granted("renewal_unconfirmed", earliest(end, lastMoment)), stale: true, mustRead: true };
}

function ofTrialing(subscription: SubscriptionFacts, end: Date | null, moment: Moment): Standing {
  const { trialEnd } = subscription;
  if (!trialEnd || moment.now < trialEnd) return granted("trialing", earliest(end, trialEnd));
  const lastMoment = new Date(trialEnd.getTime() + trialSlackMs);
  if (moment.now >= lastMoment) return { ...refused("trial_over"), mustRead: true };
  return { ...granted("trial_end_unconfirmed", earliest(end, lastMoment)), stale: true, mustRead: true };
}

function ofPastDue(subscription: SubscriptionFacts, end: Date | null, moment: Moment): Standing {
  const graceEnd = paymentGraceEnd(subscription.pastDueSince, moment.paymentGraceDays);
  if (!graceEnd || moment.now >= graceEnd) return refused("payment_grace_over");
  return granted("payment_grace", earliest(end, graceEnd));
}

/** Whether invoices are voided now. Behaviors that we do not know are taken for this one, which grants less. */
function isPausedVoid({ pauseBehavior, pauseResumesAt }: SubscriptionFacts, now: Date): boolean {
  if (pauseBehavior === null || pauseBehavior === "keep_as_draft" || pauseBehavior === "mark_uncollectible")
    return false;
  return pauseResumesAt === null || now < pauseResumesAt;
}

/** Whether the period that was paid for before the pause is over: later periods are void. */
function isPaidForOver({ pauseBeganAt, currentPeriodStart, currentPeriodEnd }: SubscriptionFacts, now: Date): boolean {
  if (currentPeriodEnd === null || now >= currentPeriodEnd) return true;
  return pauseBeganAt !== null && currentPeriodStart !== null && currentPeriodStart >= pauseBeganAt;
}

function granted(reason: AccessReason, until: Date | null): Standing {
  return { granted: true, reason, until, stale: false, mustRead: false };
}

function refused(reason: AccessReason): Standing {
  return { granted: false, reason, until: null, stale: false, mustRead: false };
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
