import { z } from "zod";
import { FeatureKindSchema } from "@turnpike/products";

// Facts are kept in the cache as JSON, so dates come back as text.
const date = z.coerce.date();

/** A feature that a price's product grants. */
const FeatureFact = z.object({ key: z.string(), kind: FeatureKindSchema, limit: z.number().nullable() });
export type FeatureFact = z.infer<typeof FeatureFact>;

/** A subscription as far as access depends on it; all times are Stripe's. */
export const SubscriptionFacts = z.object({
  id: z.string(),
  stripeSubscriptionId: z.string(),
  status: z.string(),
  cancelAtPeriodEnd: z.boolean(),
  cancelAt: date.nullable(),
  endedAt: date.nullable(),
  trialEnd: date.nullable(),
  currentPeriodStart: date.nullable(),
  currentPeriodEnd: date.nullable(),
  pauseBehavior: z.string().nullable(),
  pauseBeganAt: date.nullable(),
  pauseResumesAt: date.nullable(),
  pastDueSince: date.nullable(),
  /** What its items grant. An item whose price is not in the catalogue grants nothing and is named apart. */
  features: z.array(FeatureFact),
  unknownPrices: z.array(z.string()),
});
export type SubscriptionFacts = z.infer<typeof SubscriptionFacts>;

/** Access given by hand. */
export const GrantFacts = z.object({
  id: z.string(),
  feature: FeatureFact,
  expiresAt: date.nullable(),
  revokedAt: date.nullable(),
});
export type GrantFacts = z.infer<typeof GrantFacts>;

/** All that access of one organization is decided from, but for the clock. */
export const AccessFacts = z.object({
  subscriptions: z.array(SubscriptionFacts),
  grants: z.array(GrantFacts),
  /** Keys of all features there are. */
  features: z.array(z.string()),
});
export type AccessFacts = z.infer<typeof AccessFacts>;
