import { z } from "zod";
import {
  created,
  currency,
  email,
  flag,
  integer,
  metadata,
  paging,
  quantity,
  text,
  timestamp,
  url,
} from "../http/params.ts";
import { pageParams } from "./checkout-page-params.ts";
import { PriceData } from "./price-params.ts";
import { trialSettings } from "./trial-settings.ts";

/** What POST /v1/checkout/sessions takes. */
export const SessionCreate = z.strictObject({
  ...pageParams,
  mode: z.enum(["payment", "setup", "subscription"]),
  line_items: z
    .array(
      z.strictObject({
        price: text().optional(),
        price_data: PriceData.optional(),
        quantity: quantity(1).optional(),
        adjustable_quantity: z
          .strictObject({ enabled: flag(), minimum: integer(0).optional(), maximum: integer(1).optional() })
          .optional(),
      }),
    )
    .max(100)
    .optional(),
  success_url: url().optional(),
  cancel_url: url().optional(),
  customer: text().optional(),
  customer_email: email().optional(),
  customer_creation: z.enum(["always", "if_required"]).optional(),
  client_reference_id: text(200).optional(),
  metadata: metadata().optional(),
  currency: currency().optional(),
  allow_promotion_codes: flag().optional(),
  discounts: z
    .array(z.strictObject({ coupon: text().optional(), promotion_code: text().optional() }))
    .max(1)
    .optional(),
  expires_at: timestamp().optional(),
  payment_method_collection: z.enum(["always", "if_required"]).optional(),
  allowed_payment_method_types: z
    .array(text(50))
    .refine((types) => types.includes("card"), {
      message: "This local Stripe takes cards only: name `card` among them.",
    })
    .optional(),
  subscription_data: z
    .strictObject({
      description: text(500).optional(),
      metadata: metadata().optional(),
      trial_end: timestamp().optional(),
      trial_period_days: integer(1, 730).optional(),
      trial_settings: trialSettings().optional(),
      billing_mode: z.strictObject({ type: z.enum(["flexible"]) }).optional(),
    })
    .optional(),
  payment_intent_data: z
    .strictObject({
      description: text(1000).optional(),
      metadata: metadata().optional(),
      setup_future_usage: z.enum(["off_session", "on_session"]).optional(),
    })
    .optional(),
  setup_intent_data: z.strictObject({ description: text(1000).optional(), metadata: metadata().optional() }).optional(),
  ui_mode: z.enum(["hosted_page"]).optional(),
});
export type SessionCreate = z.output<typeof SessionCreate>;

/** Filters of GET /v1/checkout/sessions. */
export const SessionList = z.strictObject({
  ...paging,
  created: created(),
  customer: text().optional(),
  customer_details: z.strictObject({ email: text().optional() }).optional(),
  payment_intent: text().optional(),
  status: z.enum(["open", "complete", "expired"]).optional(),
  subscription: text().optional(),
});
