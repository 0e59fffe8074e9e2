import { defineErrors } from "@turnpike/core";

/** What billing refuses. What belongs to another organization is as absent as what never was. */
export const errors = defineErrors("billing", {
  not_found: { kind: "not_found", message: "There is no such subscription." },
  session_not_found: { kind: "not_found", message: "There is no such checkout session." },
  price_not_found: { kind: "not_found", message: "There is no such price on sale." },
  organization_not_found: { kind: "not_found", message: "There is no such organization." },
  feature_not_found: { kind: "not_found", message: "There is no such feature." },
  grant_not_found: { kind: "not_found", message: "There is no such grant." },
  price_not_recurring: { kind: "precondition", message: "This price is not a plan." },
  not_allowed: { kind: "forbidden", message: "Only owners and admins of the organization may change its billing." },
  already_subscribed: { kind: "conflict", message: "The organization has a subscription to this product already." },
  already_canceled: { kind: "conflict", message: "The subscription is canceled already." },
  not_canceling: { kind: "conflict", message: "The subscription is not about to end." },
  already_revoked: { kind: "conflict", message: "The grant is revoked already." },
  refused_by_stripe: { kind: "precondition", message: "Stripe refused this. Check the price and the promotion code." },
  no_customer: { kind: "precondition", message: "The organization has not bought anything yet." },
  unknown_at_stripe: { kind: "conflict", message: "Stripe does not know this subscription." },
});
