import type { Ctx } from "../context.ts";
import { confirmationSecretOf } from "../engine/confirmation-secret.ts";
import type { LineItem } from "../model/objects.ts";
import { listObjects } from "./page.ts";

/** Fields that hold an id and can be expanded to the object. Nested ones (`payment.payment_intent`) count by their last name. */
export const expandable = new Set([
  "charge",
  "checkout_session",
  "configuration",
  "coupon",
  "customer",
  "default_payment_method",
  "default_price",
  "default_source",
  "discount",
  "discounts",
  "invoice",
  "latest_attempt",
  "latest_charge",
  "latest_invoice",
  "latest_revision",
  "on_behalf_of",
  "payment_intent",
  "payment_link",
  "payment_method",
  "pending_setup_intent",
  "price",
  "product",
  "promotion_code",
  "schedule",
  "setup_intent",
  "subscription",
  "test_clock",
]);

type Include = (ctx: Ctx, id: string) => unknown;

/** Fields that are absent, in webhooks too, unless asked for by `expand[]`. */
export const includable: Record<string, Record<string, Include>> = {
  customer: {
    subscriptions: (ctx, id) =>
      listObjects(
        ctx,
        "subscription",
        { customer: id },
        {
          paging: {},
          url: `/v1/customers/${id}/subscriptions`,
          extra: { sql: " AND json_extract(body, '$.status') NOT IN ('canceled', 'incomplete_expired')", values: [] },
        },
      ),
  },
  invoice: {
    payments: (ctx, id) =>
      listObjects(ctx, "invoice_payment", { invoice: id }, { paging: {}, url: `/v1/invoice_payments?invoice=${id}` }),
    confirmation_secret: (ctx, id) => confirmationSecretOf(ctx, id),
  },
  charge: {
    refunds: (ctx, id) => listObjects(ctx, "refund", { charge: id }, { paging: {}, url: `/v1/charges/${id}/refunds` }),
  },
  "checkout.session": {
    line_items: (ctx, id) => ({
      object: "list",
      data: ctx.store.hidden<{ lineItems: LineItem[] }>(id)?.lineItems ?? [],
      has_more: false,
      url: `/v1/checkout/sessions/${id}/line_items`,
    }),
  },
};
