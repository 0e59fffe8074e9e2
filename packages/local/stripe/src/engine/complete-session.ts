import type { Ctx } from "../context.ts";
import { create, emit } from "../events/record.ts";
import type { CheckoutSession, Customer } from "../model/objects.ts";
import type { PaymentMethod } from "../model/payments.ts";
import { newCustomer } from "./new-customer.ts";
import { createPaymentIntent, payIntent } from "./payment-intents.ts";
import { attachPaymentMethod } from "./payment-methods.ts";
import { extrasOf } from "./session-extras.ts";
import { totalsOf, withTotals } from "./session-totals.ts";
import { confirmSetup, createSetupIntent } from "./setup-intents.ts";
import { startSubscription } from "./start-subscription.ts";

/** The card (null: none was needed) and address of the person who pays; `authenticated` after 3-D Secure. */
export interface Payer {
  method: PaymentMethod | null;
  email: string;
  authenticated?: boolean;
}

/** Does what the session sells, with a card known to work, and closes it. Emits `checkout.session.completed` last. */
export function completeSession(ctx: Ctx, session: CheckoutSession, payer: Payer): CheckoutSession {
  const extras = extrasOf(ctx, session);
  const totals = totalsOf(ctx, session, extras);
  const customer = customerFor(ctx, session, payer);
  const keepsCard = session.mode !== "payment" || extras.payment.setupFutureUsage !== null;
  if (payer.method !== null && customer !== null && keepsCard) attachPaymentMethod(ctx, payer.method.id, customer.id);
  const sold = sell(ctx, session, payer, customer);
  const completed: CheckoutSession = {
    ...withTotals(session, totals),
    ...sold,
    collected_information: null,
    customer: customer?.id ?? null,
    customer_details: {
      address: null,
      business_name: null,
      email: payer.email,
      individual_name: null,
      name: customer?.name ?? null,
      phone: null,
      tax_exempt: "none",
      tax_ids: [],
    },
    payment_status: session.mode === "setup" || totals.total === 0 ? "no_payment_required" : "paid",
    status: "complete",
    url: null,
  };
  ctx.store.put(completed, ctx.now, { ...extras, lineItems: totals.lineItems, pending: null });
  emit(ctx, "checkout.session.completed", completed);
  return completed;
}

function customerFor(ctx: Ctx, session: CheckoutSession, payer: Payer): Customer | null {
  if (session.customer !== null) return ctx.store.get("customer", session.customer);
  if (session.mode === "payment" && session.customer_creation === "if_required") return null;
  const customer = newCustomer(ctx, { email: payer.email });
  create(ctx, customer, "customer.created");
  return customer;
}

function sell(ctx: Ctx, session: CheckoutSession, payer: Payer, customer: Customer | null): Partial<CheckoutSession> {
  if (session.mode === "payment") return { payment_intent: takePayment(ctx, session, payer, customer) };
  if (customer === null) throw new Error("a session that is no plain payment has a customer");
  if (session.mode === "subscription") return startSubscription(ctx, session, { ...payer, customer });
  const extras = extrasOf(ctx, session);
  const intent = createSetupIntent(ctx, {
    customer: customer.id,
    metadata: extras.setup.metadata,
    description: extras.setup.description,
  });
  if (payer.method !== null) confirmSetup(ctx, intent, payer.method, payer.authenticated);
  return { setup_intent: intent.id };
}

function takePayment(ctx: Ctx, session: CheckoutSession, payer: Payer, customer: Customer | null): string | null {
  const extras = extrasOf(ctx, session);
  const { total } = totalsOf(ctx, session, extras);
  if (total === 0 || payer.method === null) return null;
  const intent = createPaymentIntent(ctx, {
    amount: total,
    currency: session.currency ?? "usd",
    customer: customer?.id ?? null,
    description: extras.payment.description,
    metadata: extras.payment.metadata,
    receiptEmail: payer.email,
    setupFutureUsage: extras.payment.setupFutureUsage,
  });
  return payIntent(ctx, intent, payer.method, "page", payer.authenticated).id;
}
