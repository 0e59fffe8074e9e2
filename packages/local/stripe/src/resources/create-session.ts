import type { Ctx } from "../context.ts";
import { couponFor } from "../engine/promotion.ts";
import type { SessionExtras } from "../engine/session-extras.ts";
import { totalsOf, withTotals } from "../engine/session-totals.ts";
import { mergeMetadata } from "../http/params.ts";
import { newId, randomText } from "../ids.ts";
import type { CheckoutSession, LineItem } from "../model/objects.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import type { SessionCreate } from "./checkout-params.ts";
import { createPrice } from "./create-price.ts";
import { productName } from "../engine/invoice-lines.ts";

const shortestSec = 30 * 60;
const longestSec = 24 * 3600;

/** Makes an open session whose page is at `url`. Emits nothing, as at Stripe. Errors: parameters that contradict each other. */
export function createSession(ctx: Ctx, params: SessionCreate): CheckoutSession {
  checkTogether(ctx, params);
  const lineItems = params.mode === "setup" ? [] : lineItemsOf(ctx, params);
  const extras = extrasFrom(params, lineItems);
  const discounts = (params.discounts ?? []).map((request) => {
    couponFor(ctx, request, params.customer ?? null);
    return { coupon: request.coupon ?? null, promotion_code: request.promotion_code ?? null };
  });
  const blank = blankSession(ctx, params, lineItems[0]?.currency ?? null);
  const session = { ...blank, discounts: params.mode === "setup" ? null : discounts };
  const priced = params.mode === "setup" ? session : withTotals(session, totalsOf(ctx, session, extras));
  ctx.store.put(priced, ctx.now, extras);
  return priced;
}

function checkTogether(ctx: Ctx, params: SessionCreate): void {
  if (params.success_url === undefined) throw parameterMissing("success_url");
  if (params.mode !== "setup" && (params.line_items ?? []).length === 0) throw parameterMissing("line_items");
  if (params.customer !== undefined) {
    ctx.store.get("customer", params.customer, "customer");
    onlyOne(params.customer_email, "customer, customer_email");
  }
  if (params.discounts !== undefined) onlyOne(params.allow_promotion_codes, "allow_promotion_codes, discounts");
  if (params.subscription_data?.trial_end !== undefined) {
    onlyOne(params.subscription_data.trial_period_days, "subscription_data[trial_end], subscription_data[trial_period_days]");
    if (params.subscription_data.trial_end < ctx.now + 48 * 3600) {
      throw invalidRequest("The `trial_end` date has to be at least 2 days in the future.", { param: "subscription_data[trial_end]" });
    }
  }
  if (params.subscription_data !== undefined && params.mode !== "subscription") {
    throw invalidRequest("You can not pass `subscription_data` in this mode.", { param: "subscription_data" });
  }
  const expiresAt = params.expires_at ?? ctx.now + longestSec;
  if (expiresAt < ctx.now + shortestSec || expiresAt > ctx.now + longestSec) {
    throw invalidRequest("The `expires_at` timestamp must be between 30 minutes and 24 hours after Checkout Session creation.", { param: "expires_at" });
  }
}

function onlyOne(other: unknown, names: string): void {
  if (other !== undefined) throw invalidRequest(`You may only specify one of these parameters: ${names}.`);
}

function lineItemsOf(ctx: Ctx, params: SessionCreate): LineItem[] {
  const items = (params.line_items ?? []).map((item, index): LineItem => {
    const at = `line_items[${index}]`;
    if (item.price === undefined && item.price_data === undefined) throw parameterMissing(`${at}[price]`);
    if (item.quantity === undefined) throw parameterMissing(`${at}[quantity]`);
    const price = item.price_data === undefined ? ctx.store.get("price", item.price ?? "", `${at}[price]`) : createPrice(ctx, item.price_data);
    if (!price.active) {
      throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, { param: `${at}[price]` });
    }
    const total = (price.unit_amount ?? 0) * item.quantity;
    return {
      id: newId("li"),
      object: "item",
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: total,
      amount_tax: 0,
      amount_total: total,
      currency: price.currency,
      description: productName(ctx, price),
      metadata: {},
      price,
      quantity: item.quantity,
    };
  });
  const recurring = items.filter((item) => item.price.recurring !== null);
  if (params.mode === "payment" && recurring.length > 0) {
    throw invalidRequest("You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.", { param: "line_items" });
  }
  if (params.mode === "subscription" && recurring.length === 0) {
    throw invalidRequest("You must provide at least one recurring price in `subscription` mode when using prices.", { param: "line_items" });
  }
  if (new Set(items.map((item) => item.currency)).size > 1) {
    throw invalidRequest("All line items of a session must have the same currency.", { param: "line_items" });
  }
  return items;
}

function extrasFrom(params: SessionCreate, lineItems: LineItem[]): SessionExtras {
  const { subscription_data: subscription, payment_intent_data: payment, setup_intent_data: setup } = params;
  return {
    lineItems,
    subscription: {
      metadata: mergeMetadata({}, subscription?.metadata),
      description: subscription?.description ?? null,
      trialDays: subscription?.trial_period_days ?? null,
      trialEnd: subscription?.trial_end ?? null,
      missingPaymentMethod: subscription?.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice",
    },
    payment: {
      metadata: mergeMetadata({}, payment?.metadata),
      description: payment?.description ?? null,
      setupFutureUsage: payment?.setup_future_usage ?? null,
    },
    setup: { metadata: mergeMetadata({}, setup?.metadata), description: setup?.description ?? null },
    pending: null,
  };
}

function blankSession(ctx: Ctx, params: SessionCreate, currency: string | null): CheckoutSession {
  const id = `cs_test_${randomText(58)}`;
  return {
    ...unusedParts(),
    id,
    object: "checkout.session",
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    automatic_tax: { enabled: params.automatic_tax?.enabled ?? false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: ctx.now,
    currency: currency ?? params.currency ?? null,
    customer: params.customer ?? null,
    customer_creation: params.customer === undefined ? (params.customer_creation ?? (params.mode === "payment" ? "if_required" : "always")) : null,
    customer_email: params.customer_email ?? null,
    discounts: null,
    expires_at: params.expires_at ?? ctx.now + longestSec,
    locale: params.locale ?? null,
    metadata: mergeMetadata({}, params.metadata),
    mode: params.mode,
    payment_method_collection: params.mode === "subscription" ? (params.payment_method_collection ?? "always") : params.mode === "setup" ? "always" : "if_required",
    payment_status: params.mode === "setup" ? "no_payment_required" : "unpaid",
    status: "open",
    submit_type: params.submit_type ?? null,
    success_url: params.success_url ?? null,
    url: `${ctx.baseUrl}/c/pay/${id}`,
  };
}

function unusedParts() {
  return {
    adaptive_pricing: null,
    after_expiration: null,
    allowed_payment_method_types: ["card"],
    amount_subtotal: null,
    amount_total: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_account: null,
    customer_details: null,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
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
    saved_payment_method_options: null,
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
