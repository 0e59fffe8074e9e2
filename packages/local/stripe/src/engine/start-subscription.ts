import type { Ctx } from "../context.ts";
import { create } from "../events/record.ts";
import type { InvoiceLine, Subscription } from "../model/billing.ts";
import type { CheckoutSession, Customer } from "../model/objects.ts";
import type { PaymentIntent, PaymentMethod } from "../model/payments.ts";
import { buildInvoice } from "./build-invoice.ts";
import { buildSubscription } from "./build-subscription.ts";
import { oneOffLine, subscriptionLine } from "./invoice-lines.ts";
import { finalizeInvoice, markPaid } from "./invoices.ts";
import { createPaymentIntent, payIntent } from "./payment-intents.ts";
import { announceDiscounts, redeem } from "./promotion.ts";
import { periodOf } from "./renew.ts";
import { extrasOf, trialEndOf, type SessionExtras } from "./session-extras.ts";
import { confirmSetup, createSetupIntent } from "./setup-intents.ts";
import { announceShortTrial } from "./trial-notice.ts";

interface Buyer {
  customer: Customer;
  method: PaymentMethod | null;
  authenticated?: boolean;
}

/**
 * Makes the subscription that a checkout session sells, after its payment, as Stripe does since 2025-03-31.basil:
 * charge and intent first, then the paid invoice, then the subscription that is active (or trialing) from the start.
 */
export function startSubscription(
  ctx: Ctx,
  session: CheckoutSession,
  buyer: Buyer,
): { subscription: string; invoice: string } {
  const extras = extrasOf(ctx, session);
  const built = buildFrom(ctx, extras, buyer);
  const discounts = (session.discounts ?? []).map((request) =>
    redeem(ctx, request, { customer: buyer.customer.id, subscription: built.id, session }),
  );
  const subscription: Subscription = { ...built, discounts: discounts.map((discount) => discount.id) };
  const draft = buildInvoice(ctx, {
    customer: buyer.customer,
    subscription,
    lines: firstLines(ctx, subscription, extras),
    currency: subscription.currency,
    reason: "subscription_create",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: null,
  });
  const intent = pay(ctx, draft.amount_due, subscription, buyer);
  create(ctx, draft, "invoice.created");
  markPaid(ctx, finalizeInvoice(ctx, draft), intent);
  const started: Subscription = { ...subscription, latest_invoice: draft.id };
  create(ctx, started, "customer.subscription.created");
  announceDiscounts(ctx, discounts);
  announceShortTrial(ctx, started);
  return { subscription: started.id, invoice: draft.id };
}

function buildFrom(ctx: Ctx, extras: SessionExtras, buyer: Buyer): Subscription {
  const recurring = extras.lineItems.filter((item) => item.price.recurring !== null);
  const built = buildSubscription(ctx, {
    customerId: buyer.customer.id,
    items: recurring.map((item) => ({ price: item.price, quantity: item.quantity ?? 1 })),
    trialEnd: trialEndOf(extras, ctx.now),
    metadata: extras.subscription.metadata,
    defaultPaymentMethod: buyer.method?.id ?? null,
    description: extras.subscription.description,
    missingPaymentMethod: extras.subscription.missingPaymentMethod,
  });
  return {
    ...built,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: ["card"],
      save_default_payment_method: "off",
    },
  };
}

function firstLines(ctx: Ctx, subscription: Subscription, extras: SessionExtras): InvoiceLine[] {
  const isTrial = subscription.status === "trialing";
  const period = periodOf(subscription);
  const oneOff = extras.lineItems.filter((item) => item.price.recurring === null);
  return [
    ...oneOff.map((item) => oneOffLine(ctx, item.price, item.quantity ?? 1)),
    ...subscription.items.data.map((item) => subscriptionLine(ctx, subscription, item, { period, isTrial })),
  ];
}

function pay(ctx: Ctx, amountDue: number, subscription: Subscription, buyer: Buyer): PaymentIntent | null {
  if (buyer.method === null) return null;
  if (amountDue === 0) {
    const setup = createSetupIntent(ctx, { customer: buyer.customer.id });
    confirmSetup(ctx, setup, buyer.method, buyer.authenticated);
    return null;
  }
  const intent = createPaymentIntent(ctx, {
    amount: amountDue,
    currency: subscription.currency,
    customer: buyer.customer.id,
    description: "Subscription creation",
    receiptEmail: buyer.customer.email,
    setupFutureUsage: "off_session",
  });
  return payIntent(ctx, intent, buyer.method, "page", buyer.authenticated);
}
