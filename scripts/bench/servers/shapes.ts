import { z } from "zod";

// The shapes that our procedures answer with, written out: to import them would bring half of our server along.

/** A price of a product. */
export const Price = z.object({
  id: z.uuid(),
  productId: z.uuid(),
  stripePriceId: z.string(),
  lookupKey: z.string().nullable(),
  currency: z.string(),
  unitAmountMinor: z.number().int().nullable(),
  type: z.enum(["recurring", "one_time"]),
  interval: z.enum(["day", "week", "month", "year"]).nullable(),
  intervalCount: z.number().int().nullable(),
  trialDays: z.number().int().nullable(),
  isActive: z.boolean(),
});

export type Price = z.infer<typeof Price>;

/** What a product grants. */
export const Feature = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.enum(["boolean", "limit", "metered"]),
  limit: z.number().int().nullable(),
});
export type Feature = z.infer<typeof Feature>;

/** A product on sale. */
export const Product = z.object({
  id: z.uuid(),
  stripeProductId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  isActive: z.boolean(),
  prices: z.array(Price),
  features: z.array(Feature),
});

export type Product = z.infer<typeof Product>;

/** What `products.list` answers. */
export const ProductPage = z.object({ items: z.array(Product), nextCursor: z.string().nullable() });

/** What `products.list` takes. */
export const PageInput = z.object({ cursor: z.uuid().nullish(), limit: z.number().int().min(1).max(100).default(25) });

/** What `organizations.get` answers. */
export const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  isPersonal: z.boolean(),
  role: z.enum(["owner", "admin", "member"]),
  createdAt: z.date(),
});
export type Organization = z.infer<typeof Organization>;

/** What `organizations.get` takes; the user is named, since nobody signs in here. */
export const OrganizationInput = z.object({ organizationId: z.uuid(), userId: z.uuid() });
