import type { Ctx } from "../context.ts";
import type { PaymentIntent, PaymentMethod } from "../model/payments.ts";
import { invalidRequest } from "../stripe-error.ts";
import type { Occasion } from "./cards.ts";
import { invoiceOf } from "./invoice-payments.ts";
import { failInvoice, markPaid } from "./invoices.ts";
import { failAuthentication, payIntent } from "./payment-intents.ts";
import { attachPaymentMethod } from "./payment-methods.ts";

/** Pays an intent with a card and lets the invoice behind it follow. Errors: 400 when it is not waiting for that. */
export function confirmIntent(
  ctx: Ctx,
  intent: PaymentIntent,
  method: PaymentMethod,
  options: { occasion: Occasion; authenticated?: boolean },
): PaymentIntent {
  if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status)) {
    throw invalidRequest(
      `You cannot confirm this PaymentIntent because it has already ${intent.status === "canceled" ? "been canceled" : "succeeded after being previously confirmed"}.`,
      { code: "payment_intent_unexpected_state" },
    );
  }
  if (intent.setup_future_usage !== null && intent.customer !== null && method.customer === null) {
    attachPaymentMethod(ctx, method.id, intent.customer);
  }
  const paid = payIntent(ctx, intent, method, options.occasion, options.authenticated);
  const invoice = invoiceOf(ctx, intent);
  if (invoice === null || invoice.status !== "open") return paid;
  if (paid.status === "succeeded") markPaid(ctx, invoice, paid);
  else if (paid.status === "requires_payment_method") failInvoice(ctx, invoice, false);
  return paid;
}

/** The customer answered the bank's page of an intent: paid, or back to needing a card. */
export function answerIntent(ctx: Ctx, intent: PaymentIntent, passed: boolean): PaymentIntent {
  if (intent.status !== "requires_action" || intent.payment_method === null) return intent;
  const method = ctx.store.get("payment_method", intent.payment_method);
  if (passed) return confirmIntent(ctx, intent, method, { occasion: "page", authenticated: true });
  const failed = failAuthentication(ctx, intent);
  const invoice = invoiceOf(ctx, intent);
  if (invoice?.status === "open") failInvoice(ctx, invoice, false);
  return failed;
}
