import { defineErrors } from "@turnpike/core";

/** What the catalogue refuses. */
export const errors = defineErrors("products", {
  not_found: { kind: "not_found", message: "There is no such product." },
  price_not_found: { kind: "not_found", message: "There is no such price." },
  archived: { kind: "conflict", message: "The product is archived." },
  lookup_key_taken: { kind: "conflict", message: "Another active price has this lookup key." },
  feature_kind_differs: { kind: "conflict", message: "A feature with this key exists and is of another kind." },
  limit_on_boolean: { kind: "invalid", message: "A boolean feature has no limit." },
  refused_by_stripe: { kind: "invalid", message: "Stripe refused this." },
});
