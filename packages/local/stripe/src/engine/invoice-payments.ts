import type { Ctx } from "../context.ts";
import { create } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { Invoice, InvoicePayment, Subscription } from "../model/billing.ts";
import type { PaymentIntent, PaymentMethod } from "../model/payments.ts";
import { createPaymentIntent } from "./payment-intents.ts";
import { subscriptionOf } from "./subscription-status.ts";

/** The payment intent an open invoice is paid by, made when there is none yet. */
export function openPayment(ctx: Ctx, invoice: Invoice, existing?: PaymentIntent): InvoicePayment {
  const intent =
    existing ??
    createPaymentIntent(ctx, {
      amount: invoice.amount_due,
      currency: invoice.currency,
      customer: invoice.customer,
      description: subscriptionOf(ctx, invoice) === null ? null : "Subscription update",
      receiptEmail: invoice.customer_email,
    });
  const payment: InvoicePayment = {
    id: newId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: ctx.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
  ctx.store.put(payment, ctx.now);
  return payment;
}

/** The invoice a payment intent pays, or null. */
export function invoiceOf(ctx: Ctx, intent: PaymentIntent): Invoice | null {
  const [payment] = ctx.store.all("invoice_payment", { "payment.payment_intent": intent.id });
  return payment === undefined ? null : ctx.store.find("invoice", payment.invoice);
}

/** The card an invoice is charged to: its subscription's, else the customer's default, else none. */
export function cardFor(ctx: Ctx, invoice: Invoice): PaymentMethod | null {
  return customerCard(ctx, invoice.customer ?? "", subscriptionOf(ctx, invoice));
}

/** The card of a subscription, else the customer's default, else none. */
export function customerCard(ctx: Ctx, customerId: string, subscription: Subscription | null): PaymentMethod | null {
  const customer = ctx.store.get("customer", customerId, "customer");
  const id = subscription?.default_payment_method ?? customer.invoice_settings.default_payment_method;
  return id === null ? null : ctx.store.find("payment_method", id);
}

/** Marks the payment of an invoice as made by `intent`. Emits `invoice_payment.paid`. */
export function settlePayment(ctx: Ctx, invoice: Invoice, intent: PaymentIntent): void {
  const payment = paymentOf(ctx, invoice) ?? openPayment(ctx, invoice, intent);
  const paid: InvoicePayment = {
    ...payment,
    amount_paid: invoice.amount_due,
    status: "paid",
    status_transitions: { canceled_at: null, paid_at: ctx.now },
  };
  create(ctx, paid, "invoice_payment.paid");
}

/** The payment of an invoice that counts, or null before there is one. */
export function paymentOf(ctx: Ctx, invoice: Invoice): InvoicePayment | null {
  return (
    ctx.store.all("invoice_payment", { invoice: invoice.id }).find((payment) => payment.status !== "canceled") ?? null
  );
}
