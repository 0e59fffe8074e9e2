import type { Ctx } from "../context.ts";
import { mergeMetadata } from "../http/params.ts";
import { randomText } from "../ids.ts";
import type { CheckoutSession } from "../model/objects.ts";
import type { SessionCreate } from "./checkout-params.ts";
import { pageFields } from "./session-page.ts";

/** A session lives this long unless told otherwise, in seconds. */
export const longestSec = 24 * 3600;

/** An open session without totals and discounts. Not stored. */
export function blankSession(ctx: Ctx, params: SessionCreate, currency: string | null): CheckoutSession {
  const id = `cs_test_${randomText(58)}`;
  return {
    ...unusedParts(),
    ...pageFields(params, params.mode),
    id,
    object: "checkout.session",
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? ["card"],
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: ctx.now,
    currency: currency ?? params.currency ?? null,
    customer: params.customer ?? null,
    customer_creation:
      params.customer === undefined
        ? (params.customer_creation ?? (params.mode === "payment" ? "if_required" : "always"))
        : null,
    customer_email: params.customer_email ?? null,
    discounts: null,
    expires_at: params.expires_at ?? ctx.now + longestSec,
    metadata: mergeMetadata({}, params.metadata),
    mode: params.mode,
    payment_method_collection:
      params.mode === "subscription"
        ? (params.payment_method_collection ?? "always")
        : params.mode === "setup"
          ? "always"
          : "if_required",
    payment_status: params.mode === "setup" ? "no_payment_required" : "unpaid",
    status: "open",
    success_url: params.success_url ?? null,
    url: `${ctx.baseUrl}/c/pay/${id}`,
  };
}

function unusedParts() {
  return {
    adaptive_pricing: null,
    amount_subtotal: null,
    amount_total: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    currency_conversion: null,
    customer_account: null,
    customer_details: null,
    integration_identifier: null,
    invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: "automatic" } },
    payment_method_types: ["card"],
    permissions: null,
    recovered_from: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    subscription: null,
    total_details: null,
    ui_mode: "hosted_page",
    wallet_options: null,
  };
}
