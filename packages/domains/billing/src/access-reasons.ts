import { z } from "zod";

/** Why access is given or not. Closed: whatever is new at Stripe is `unknown_status`, which grants nothing. */
export const AccessReason = z.enum([
  "subscription_active",
  "trialing",
  "granted_by_hand",
  "payment_grace",
  "renewal_unconfirmed",
  "trial_end_unconfirmed",
  "payment_grace_over",
  "unpaid",
  "incomplete",
  "paused",
  "pause_collection",
  "renewal_missing",
  "trial_over",
  "unknown_status",
  "subscription_ended",
  "incomplete_expired",
  "grant_expired",
  "grant_revoked",
  "feature_not_in_plan",
  "no_subscription",
  "unknown_feature",
]);
export type AccessReason = z.infer<typeof AccessReason>;

/** What a reason stands for: the rule that decided, in words, and what would change the answer. */
export interface AccessRule {
  /** 1 union of all that counts · 2 end and trial · 3 payment grace · 4 reading back what should have changed. */
  rule: 1 | 2 | 3 | 4;
  text: string;
  wouldChange: readonly string[];
}

const pay = "Paying the open invoice, in the billing portal.";
const subscribe = "A subscription to a plan that has the feature.";
const grant = "Access granted by an operator.";

/** Every reason, with its rule. */
export const accessRules: Record<AccessReason, AccessRule> = {
  subscription_active: {
    rule: 1,
    text: "An active subscription has a plan with this feature.",
    wouldChange: ["Canceling the subscription, or a renewal that is not paid."],
  },
  trialing: {
    rule: 2,
    text: "A trial gives all that its plan has, until the trial ends.",
    wouldChange: ["The end of the trial, unless it is paid on."],
  },
  granted_by_hand: {
    rule: 1,
    text: "An operator has granted this feature.",
    wouldChange: ["The grant's end, or its revocation."],
  },
  payment_grace: {
    rule: 3,
    text: "A renewal is not paid yet; access goes on for the days of grace, counted from the first moment of past due.",
    wouldChange: [pay, "The end of the grace."],
  },
  renewal_unconfirmed: {
    rule: 4,
    text: "The period is over and Stripe could not be asked whether it was renewed; the last answer holds for at most 72 hours.",
    wouldChange: ["Stripe's answer."],
  },
  trial_end_unconfirmed: {
    rule: 4,
    text: "The trial is over and Stripe has not said yet what follows; access is kept for at most an hour.",
    wouldChange: ["Stripe's answer."],
  },
  payment_grace_over: {
    rule: 3,
    text: "A renewal was not paid and the days of grace are over.",
    wouldChange: [pay, grant],
  },
  unpaid: {
    rule: 1,
    text: "All attempts to collect the renewal have failed.",
    wouldChange: [pay, grant],
  },
  incomplete: {
    rule: 1,
    text: "The first payment is not completed.",
    wouldChange: ["Completing the first payment.", grant],
  },
  paused: {
    rule: 1,
    text: "The trial ended without a card, so the subscription is paused.",
    wouldChange: ["Adding a card and resuming the subscription, in the billing portal.", grant],
  },
  pause_collection: {
    rule: 1,
    text: "Collection is paused and its invoices are void; what was paid for has ended.",
    wouldChange: ["Ending the pause.", grant],
  },
  renewal_missing: {
    rule: 4,
    text: "The period ended more than 72 hours ago and Stripe could not be asked since.",
    wouldChange: ["Stripe's answer.", grant],
  },
  trial_over: {
    rule: 4,
    text: "The trial ended more than an hour ago and nothing has followed it.",
    wouldChange: [subscribe, "Stripe's answer.", grant],
  },
  unknown_status: {
    rule: 1,
    text: "The subscription has a status that this version does not know, and what is not known grants nothing.",
    wouldChange: ["Another status at Stripe, or a version that knows this one.", grant],
  },
  subscription_ended: {
    rule: 2,
    text: "The subscription has ended.",
    wouldChange: [subscribe, grant],
  },
  incomplete_expired: {
    rule: 2,
    text: "The first payment was never completed and the subscription expired.",
    wouldChange: [subscribe, grant],
  },
  grant_expired: { rule: 2, text: "The access that an operator granted has ended.", wouldChange: [subscribe, grant] },
  grant_revoked: { rule: 2, text: "The access that an operator granted was revoked.", wouldChange: [subscribe, grant] },
  feature_not_in_plan: {
    rule: 1,
    text: "None of the organization's plans has this feature.",
    wouldChange: ["Changing to a plan that has the feature.", grant],
  },
  no_subscription: {
    rule: 1,
    text: "The organization has no running subscription, and no grant of this feature.",
    wouldChange: [subscribe, grant],
  },
  unknown_feature: {
    rule: 1,
    text: "There is no feature of this key.",
    wouldChange: ["Adding the feature to a product."],
  },
};
