import { createHash } from "node:crypto";
import type { Ctx } from "../context.ts";
import { create, update } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { Customer } from "../model/objects.ts";
import type { PaymentMethod } from "../model/payments.ts";
import { StripeError, invalidRequest, resourceMissing } from "../stripe-error.ts";
import { behaviorOf, findTestCard, type CardBehavior } from "./cards.ts";

/** A card as a payment method that belongs to nobody yet. It expires three years from Stripe's now. */
export function newCard(
  ctx: Ctx,
  card: CardBehavior,
  billing: { email?: string | null; name?: string | null } = {},
): PaymentMethod {
  return {
    id: newId("pm"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: {
      address: null,
      email: billing.email ?? null,
      name: billing.name ?? null,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
      country: "US",
      display_brand: card.brand,
      exp_month: 12,
      exp_year: new Date(ctx.now * 1000).getUTCFullYear() + 3,
      fingerprint: createHash("sha256").update(card.number).digest("hex").slice(0, 16),
      funding: "credit",
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: ctx.now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  };
}

/** The payment method with this id; a `pm_card_…` name makes a new card of that kind. Errors: 404. */
export function resolvePaymentMethod(ctx: Ctx, idOrName: string, param = "payment_method"): PaymentMethod {
  const testCard = idOrName.startsWith("pm_card_") ? findTestCard(idOrName) : undefined;
  if (testCard === undefined) {
    const method = ctx.store.find("payment_method", idOrName);
    if (method === null) throw resourceMissing("PaymentMethod", idOrName, param);
    return method;
  }
  const method = newCard(ctx, testCard);
  ctx.store.put(method, ctx.now);
  return method;
}

/**
 * Gives a payment method to a customer. Emits `payment_method.attached`.
 * Errors: 404; 400 when it belongs to another; 402 `card_declined` for a card that every check declines.
 */
export function attachPaymentMethod(ctx: Ctx, idOrName: string, customerId: string): PaymentMethod {
  ctx.store.get("customer", customerId, "customer");
  const method = resolvePaymentMethod(ctx, idOrName);
  if (method.customer === customerId) return method;
  if (method.customer !== null) {
    throw invalidRequest("The payment method you provided has already been attached to a customer.");
  }
  const behavior = behaviorOf(method);
  if (behavior.page === "declined") throw declined(behavior.declineCode);
  const attached: PaymentMethod = { ...method, customer: customerId };
  create(ctx, attached, "payment_method.attached");
  return attached;
}

/** Takes a payment method away from its customer; it is nobody's default any more. Emits `payment_method.detached`. */
export function detachPaymentMethod(ctx: Ctx, id: string): PaymentMethod {
  const method = ctx.store.get("payment_method", id);
  if (method.customer === null) {
    throw invalidRequest("The payment method you provided is not attached to a customer so detachment is impossible.");
  }
  const customer = ctx.store.get("customer", method.customer);
  if (customer.invoice_settings.default_payment_method === id) setDefaultCard(ctx, customer, null);
  for (const subscription of ctx.store.all("subscription", { customer: customer.id, default_payment_method: id })) {
    update(ctx, subscription, { ...subscription, default_payment_method: null }, "customer.subscription.updated");
  }
  return update(ctx, method, { ...method, customer: null }, "payment_method.detached");
}

/** Makes a card the one that invoices are charged to. Emits `customer.updated`. */
export function setDefaultCard(ctx: Ctx, customer: Customer, paymentMethodId: string | null): Customer {
  const after: Customer = {
    ...customer,
    invoice_settings: { ...customer.invoice_settings, default_payment_method: paymentMethodId },
  };
  return update(ctx, customer, after, "customer.updated");
}

/** The card error of a declined card, in Stripe's words. */
export function declined(
  declineCode: string,
  intent?: { payment_intent: unknown } | { setup_intent: unknown },
): StripeError {
  const insufficient = declineCode === "insufficient_funds";
  return new StripeError(
    402,
    "card_error",
    insufficient ? "Your card has insufficient funds." : "Your card was declined.",
    {
      code: "card_declined",
      declineCode,
      ...(intent === undefined ? {} : { intent }),
    },
  );
}
