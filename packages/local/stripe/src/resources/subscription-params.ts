import { z } from "zod";
import {
  created,
  currency,
  emptyable,
  flag,
  integer,
  metadata,
  paging,
  quantity,
  text,
  timestamp,
} from "../http/params.ts";
import { PriceData } from "./price-params.ts";
import { settingsParams } from "./subscription-settings.ts";
import { trialSettings } from "./trial-settings.ts";

const discounts = () =>
  emptyable(
    z.array(z.strictObject({ coupon: text().optional(), promotion_code: text().optional() })).max(1),
  ).optional();
const cancellationDetails = z.strictObject({
  comment: emptyable(text(5000)).optional(),
  feedback: emptyable(
    z.enum([
      "customer_service",
      "low_quality",
      "missing_features",
      "other",
      "switched_service",
      "too_complex",
      "too_expensive",
      "unused",
    ]),
  ).optional(),
});
const shared = {
  ...settingsParams,
  cancel_at_period_end: flag().optional(),
  default_payment_method: emptyable(text()).optional(),
  description: emptyable(text(500)).optional(),
  discounts: discounts(),
  metadata: metadata().optional(),
  proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
  trial_end: z.union([z.literal("now"), timestamp()]).optional(),
  trial_settings: trialSettings().optional(),
};
const cancelAt = () => z.union([timestamp(), z.enum(["min_period_end", "max_period_end"])]);

/** What POST /v1/subscriptions takes. */
export const SubscriptionCreate = z.strictObject({
  ...shared,
  customer: text(),
  items: z
    .array(
      z.strictObject({
        price: text().optional(),
        price_data: PriceData.optional(),
        quantity: quantity(0).optional(),
        metadata: metadata().optional(),
      }),
    )
    .min(1)
    .max(20),
  billing_mode: z.strictObject({ type: z.enum(["flexible"]) }).optional(),
  cancel_at: cancelAt().optional(),
  currency: currency().optional(),
  payment_behavior: z.enum(["allow_incomplete", "default_incomplete", "error_if_incomplete"]).optional(),
  trial_period_days: integer(0, 730).optional(),
});
export type SubscriptionCreate = z.output<typeof SubscriptionCreate>;

/** One entry of `items` in an update: with `id` it changes that item, without it adds one. */
export const ItemChange = z.strictObject({
  id: text().optional(),
  price: text().optional(),
  price_data: PriceData.optional(),
  quantity: quantity(0).optional(),
  metadata: metadata().optional(),
  deleted: flag().optional(),
  clear_usage: flag().optional(),
});
export type ItemChange = z.output<typeof ItemChange>;

/** What POST /v1/subscriptions/:id takes. */
export const SubscriptionUpdate = z.strictObject({
  ...shared,
  billing_cycle_anchor: z.strictObject({ type: z.enum(["now", "unchanged"]) }).optional(),
  cancel_at: emptyable(cancelAt()).optional(),
  cancellation_details: cancellationDetails.optional(),
  items: z.array(ItemChange).min(1).max(20).optional(),
  pause_collection: emptyable(
    z.strictObject({
      behavior: z.enum(["keep_as_draft", "mark_uncollectible", "void"]),
      resumes_at: timestamp().optional(),
    }),
  ).optional(),
  payment_behavior: z
    .enum(["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"])
    .optional(),
  proration_date: timestamp().optional(),
});
export type SubscriptionUpdate = z.output<typeof SubscriptionUpdate>;

/** What DELETE /v1/subscriptions/:id takes. */
export const SubscriptionCancel = z.strictObject({
  cancellation_details: cancellationDetails.optional(),
  invoice_now: flag().optional(),
  prorate: flag().optional(),
});

/** Filters of GET /v1/subscriptions; without `status` ended ones are left out. */
export const SubscriptionList = z.strictObject({
  ...paging,
  created: created(),
  collection_method: z.enum(["charge_automatically", "send_invoice"]).optional(),
  customer: text().optional(),
  price: text().optional(),
  status: z
    .enum([
      "active",
      "all",
      "canceled",
      "ended",
      "incomplete",
      "incomplete_expired",
      "past_due",
      "paused",
      "trialing",
      "unpaid",
    ])
    .optional(),
});
