import type { Ctx } from "../context.ts";
import { buildInvoice } from "../engine/build-invoice.ts";
import { buildSubscription } from "../engine/build-subscription.ts";
import { behaviorOf } from "../engine/cards.ts";
import { subscriptionLine } from "../engine/invoice-lines.ts";
import { cardFor, openPayment } from "../engine/invoice-payments.ts";
import { finalizeInvoice, markPaid } from "../engine/invoices.ts";
import { payIntent } from "../engine/payment-intents.ts";
import { declined, resolvePaymentMethod } from "../engine/payment-methods.ts";
import { announceDiscounts, redeem } from "../engine/promotion.ts";
import { pendingLines, periodOf } from "../engine/renew.ts";
import { createSetupIntent } from "../engine/setup-intents.ts";
import { announceShortTrial } from "../engine/trial-notice.ts";
import { create, emit } from "../events/record.ts";
import { mergeMetadata } from "../http/params.ts";
import type { Invoice, Subscription } from "../model/billing.ts";
import type { PaymentMethod } from "../model/payments.ts";
import { StripeError, invalidRequest, parameterMissing } from "../stripe-error.ts";
import { createPrice } from "./create-price.ts";
import type { SubscriptionCreate } from "./subscription-params.ts";
import { settingsOf } from "./subscription-settings.ts";

/**
 * Makes a subscription by API: its first invoice is charged at once, unless `default_incomplete` leaves that to the browser.
 * A first payment that fails leaves it incomplete. Errors: 402 with `error_if_incomplete`; 400 when there is no card to charge.
 */
export function createSubscription(ctx: Ctx, params: SubscriptionCreate): Subscription {
  const customer = ctx.store.get("customer", params.customer, "customer");
  const built = buildFrom(ctx, params);
  const discounts = (params.discounts ?? []).map((request) =>
    redeem(ctx, request, { customer: customer.id, subscription: built.id, session: null }),
  );
  const discounted: Subscription = { ...built, discounts: discounts.map((discount) => discount.id) };
  const period = periodOf(discounted);
  const isTrial = discounted.status === "trialing";
  const lines = discounted.items.data.map((item) => subscriptionLine(ctx, discounted, item, { period, isTrial }));
  const draft = buildInvoice(ctx, {
    customer,
    subscription: discounted,
    lines: [...pendingLines(ctx, discounted), ...lines],
    currency: discounted.currency,
    reason: "subscription_create",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: null,
  });
  pendingLines(ctx, discounted, draft.id);
  const subscription = firstPayment(ctx, { ...discounted, latest_invoice: draft.id }, draft, params);
  announceDiscounts(ctx, discounts);
  announceShortTrial(ctx, subscription);
  return subscription;
}

function buildFrom(ctx: Ctx, params: SubscriptionCreate): Subscription {
  const method = params.default_payment_method
    ? resolvePaymentMethod(ctx, params.default_payment_method, "default_payment_method")
    : null;
  if (method !== null && method.customer !== params.customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      {
        code: "resource_missing",
        param: "default_payment_method",
      },
    );
  }
  const plain = buildSubscription(ctx, {
    customerId: params.customer,
    items: params.items.map((item, index) => ({
      price:
        item.price_data === undefined
          ? ctx.store.get("price", item.price ?? missing(index), `items[${index}][price]`)
          : createPrice(ctx, item.price_data),
      quantity: item.quantity ?? 1,
      metadata: mergeMetadata({}, item.metadata),
    })),
    trialEnd: trialEndOf(ctx, params),
    metadata: mergeMetadata({}, params.metadata),
    defaultPaymentMethod: method?.id ?? null,
    description: params.description ?? null,
    ...(params.trial_settings === undefined
      ? {}
      : { missingPaymentMethod: params.trial_settings.end_behavior.missing_payment_method }),
  });
  const built: Subscription = { ...plain, ...settingsOf(plain, params) };
  const { end } = periodOf(built);
  if (params.cancel_at_period_end === true)
    return { ...built, cancel_at_period_end: true, cancel_at: end, canceled_at: ctx.now };
  if (params.cancel_at === undefined) return built;
  return { ...built, cancel_at: typeof params.cancel_at === "number" ? params.cancel_at : end, canceled_at: ctx.now };
}

function missing(index: number): never {
  throw parameterMissing(`items[${index}][price]`);
}

function trialEndOf(ctx: Ctx, params: SubscriptionCreate): number | null {
  if (params.trial_end !== undefined && params.trial_period_days !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: trial_end, trial_period_days.");
  }
  if (typeof params.trial_end === "number") {
    if (params.trial_end <= ctx.now)
      throw invalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future.", {
        param: "trial_end",
      });
    return params.trial_end;
  }
  return params.trial_period_days ? ctx.now + params.trial_period_days * 86_400 : null;
}

/** Stores subscription and invoice and tries the first payment; the order of events is Stripe's. */
function firstPayment(ctx: Ctx, subscription: Subscription, draft: Invoice, params: SubscriptionCreate): Subscription {
  const method =
    subscription.default_payment_method === null
      ? cardFor(ctx, draft)
      : ctx.store.get("payment_method", subscription.default_payment_method);
  const waits = params.payment_behavior === "default_incomplete";
  if (draft.amount_due > 0 && method === null && !waits) {
    throw invalidRequest(
      "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
      {
        code: "resource_missing",
      },
    );
  }
  if (params.payment_behavior === "error_if_incomplete" && method !== null && draft.amount_due > 0)
    refuseBadCard(method);
  create(ctx, draft, "invoice.created");
  const open = finalizeInvoice(ctx, draft);
  if (open.amount_due === 0) {
    markPaid(ctx, open, null);
    const setup =
      subscription.status === "trialing" && method === null
        ? createSetupIntent(ctx, { customer: subscription.customer }).id
        : null;
    return announced(ctx, { ...subscription, pending_setup_intent: setup });
  }
  const intent = ctx.store.get("payment_intent", openPayment(ctx, open).payment.payment_intent);
  if (waits || method === null) return announced(ctx, { ...subscription, status: "incomplete" });
  const paid = payIntent(ctx, intent, method, "api");
  if (paid.status === "succeeded") {
    markPaid(ctx, open, paid);
    return announced(ctx, subscription);
  }
  const attempted: Invoice = { ...open, attempted: true, attempt_count: 1 };
  ctx.store.put(attempted, ctx.now);
  const incomplete = announced(ctx, { ...subscription, status: "incomplete" });
  if (paid.status === "requires_action") emit(ctx, "invoice.payment_action_required", attempted);
  emit(ctx, "invoice.payment_failed", attempted);
  return incomplete;
}

/** Asked before anything is written: a card error keeps what was written, and here nothing may remain. */
function refuseBadCard(method: PaymentMethod): void {
  const { api, declineCode } = behaviorOf(method);
  if (api === "declined") throw declined(declineCode);
  if (api === "needs_action") {
    throw new StripeError(
      402,
      "card_error",
      "The payment requires additional user action before it can be completed.",
      {
        code: "subscription_payment_intent_requires_action",
      },
    );
  }
}

function announced(ctx: Ctx, subscription: Subscription): Subscription {
  create(ctx, subscription, "customer.subscription.created");
  return subscription;
}
