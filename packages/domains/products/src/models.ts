import { z } from "zod";
import { MultilineText, Text } from "@turnpike/core";

/** What a product grants is named by a key: `exports`, `seats.max`. */
export const FeatureKey = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,62}$/, "Use lower-case letters, digits, dots, dashes and underscores, a letter first.");

/** What a feature is: had or not, up to a number, or counted per use. */
export const FeatureKind = z.enum(["boolean", "limit", "metered"]);
export type FeatureKind = z.infer<typeof FeatureKind>;

/** Something a product can grant. `limit` is a number one may reach, `metered` one that is counted per use. */
export const Feature = z.object({ key: FeatureKey, name: z.string(), kind: FeatureKind });
export type Feature = z.infer<typeof Feature>;

/** A feature as one product grants it. `limit` is null for boolean features, and for "as many as you like". */
export const ProductFeature = Feature.extend({ limit: z.number().int().nullable() });
export type ProductFeature = z.infer<typeof ProductFeature>;

/** The unit of time that a recurring price is paid for. */
export const BillingInterval = z.enum(["day", "week", "month", "year"]);

/** A price. `unitAmountMinor` is in the smallest unit of `currency`, null for tiered prices. */
export const Price = z.object({
  id: z.uuid(),
  productId: z.uuid(),
  stripePriceId: z.string(),
  /** A stable name that survives a change of the price's id. */
  lookupKey: z.string().nullable(),
  /** ISO 4217, lower case. */
  currency: z.string(),
  unitAmountMinor: z.number().int().nullable(),
  type: z.enum(["recurring", "one_time"]),
  interval: BillingInterval.nullable(),
  intervalCount: z.number().int().nullable(),
  /** Days of trial that a first subscription to this price starts with. */
  trialDays: z.number().int().nullable(),
  isActive: z.boolean(),
});
export type Price = z.infer<typeof Price>;

/** A product with its active prices and what it grants. */
export const Product = z.object({
  id: z.uuid(),
  stripeProductId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  isActive: z.boolean(),
  prices: z.array(Price),
  features: z.array(ProductFeature),
});
export type Product = z.infer<typeof Product>;

/**
 * A feature to be granted by a product. A key that nobody has used yet becomes a new feature:
 * of the given kind, else `limit` when a limit is given, else `boolean`.
 */
export const FeatureGrant = z.object({
  key: FeatureKey,
  name: Text.trim().min(1).max(200).optional(),
  kind: FeatureKind.optional(),
  limit: z.number().int().min(0).max(1_000_000_000).nullish(),
});
export type FeatureGrant = z.infer<typeof FeatureGrant>;

const FeatureGrants = z
  .array(FeatureGrant)
  .max(100)
  .refine((grants) => new Set(grants.map(({ key }) => key)).size === grants.length, "A feature is named twice.");

const name = Text.trim().min(1).max(250);
const description = MultilineText.trim().min(1).max(1000);

/** Names a product by our id. */
export const ProductId = z.object({ productId: z.uuid() });
export type ProductId = z.infer<typeof ProductId>;

/** Names a price by our id. */
export const PriceId = z.object({ priceId: z.uuid() });
export type PriceId = z.infer<typeof PriceId>;

/** A new product, and what it grants. */
export const CreateProduct = z.object({
  name,
  description: description.optional(),
  features: FeatureGrants.optional(),
});
export type CreateProduct = z.infer<typeof CreateProduct>;

/** What changes of a product; what is absent stays. */
export const UpdateProduct = ProductId.extend({ name: name.optional(), description: description.optional() });
export type UpdateProduct = z.infer<typeof UpdateProduct>;

/** All that a product grants from now on. */
export const SetFeatures = ProductId.extend({ features: FeatureGrants });
export type SetFeatures = z.infer<typeof SetFeatures>;

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** Three years in each interval. Source: https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count */
const longestInterval = { day: 1095, week: 156, month: 36, year: 3 };

/** Stripe takes at most eight digits of the smallest unit. Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
export const CreatePrice = z
  .object({
    productId: z.uuid(),
    /** ISO 4217, in either case. */
    currency: z
      .string()
      .regex(/^[a-zA-Z]{3}$/, "Give a currency of three letters.")
      .refine((code) => currencies.has(code.toUpperCase()), "There is no such currency."),
    unitAmountMinor: z.number().int().min(0).max(99_999_999),
    /** Absent: the price is paid once. */
    interval: BillingInterval.optional(),
    intervalCount: z.number().int().min(1).optional(),
    lookupKey: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$/, "Use letters, digits, dots, colons, dashes and underscores.")
      .optional(),
    trialDays: z.number().int().min(1).max(730).optional(),
  })
  .refine((price) => price.interval !== undefined || price.intervalCount === undefined, {
    path: ["intervalCount"],
    message: "Only a price with an interval has a count of intervals.",
  })
  .refine((price) => price.interval === undefined || (price.intervalCount ?? 1) <= longestInterval[price.interval], {
    path: ["intervalCount"],
    message: "A price recurs at least once in three years.",
  })
  .refine((price) => price.interval !== undefined || price.trialDays === undefined, {
    path: ["trialDays"],
    message: "Only a price with an interval can have a trial.",
  });
export type CreatePrice = z.infer<typeof CreatePrice>;

/** How many objects a synchronization read from Stripe. */
export const SyncReport = z.object({ products: z.number().int(), prices: z.number().int() });
export type SyncReport = z.infer<typeof SyncReport>;
