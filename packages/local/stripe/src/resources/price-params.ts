import { z } from "zod";
import { amount, currency, flag, integer, metadata, text } from "../http/params.ts";

/** Three years in each interval: no price recurs less often. */
const longest = { day: 1095, week: 156, month: 36, year: 3 };

const Recurring = z
  .strictObject({
    interval: z.enum(["day", "week", "month", "year"]),
    interval_count: integer(1).optional(),
    usage_type: z.enum(["licensed"]).optional(),
    trial_period_days: integer(0, 730).optional(),
  })
  .refine(({ interval, interval_count: count = 1 }) => count <= longest[interval], {
    path: ["interval_count"],
    error: "Invalid recurring interval: the maximum is three years (3 years, 36 months, 156 weeks or 1095 days).",
  });

/** A price made on the way, inside a line item or a subscription item. */
export const PriceData = z.strictObject({
  currency: currency(),
  product: text().optional(),
  product_data: z
    .strictObject({ name: text(250).min(1), description: text(40_000).optional(), metadata: metadata().optional() })
    .optional(),
  recurring: Recurring.optional(),
  tax_behavior: z.enum(["exclusive", "inclusive", "unspecified"]).optional(),
  unit_amount: amount(),
});
/** What a price is made from. */
export const PriceCreate = PriceData.extend({
  active: flag().optional(),
  billing_scheme: z.enum(["per_unit"]).optional(),
  lookup_key: text(200).optional(),
  metadata: metadata().optional(),
  nickname: text().optional(),
  transfer_lookup_key: flag().optional(),
});
export type PriceCreate = z.output<typeof PriceCreate>;
