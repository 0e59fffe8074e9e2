import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import type { Invoice } from "../model/billing.ts";
import type { Customer } from "../model/objects.ts";
import type { PaymentIntent } from "../model/payments.ts";
import { invalidRequest } from "../stripe-error.ts";
import type { Occasion } from "./cards.ts";
import { cardFor, openPayment, paymentOf, settlePayment } from "./invoice-payments.ts";
import { cancelIntent, payIntent } from "./payment-intents.ts";
import { afterInvoiceFailed, afterInvoicePaid } from "./subscription-status.ts";

/** Numbers the invoice and opens it for payment. Emits `invoice.finalized`. Errors: 400 when it is not a draft. */
export function finalizeInvoice(ctx: Ctx, draft: Invoice): Invoice {
  if (draft.status !== "draft") {
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: "invoice_not_editable",
    });
  }
  const customer = customerOf(ctx, draft);
  const endingBalance = draft.total <= 0 ? customer.balance + draft.total : Math.min(customer.balance + draft.total, 0);
  const sequence = customer.next_invoice_sequence ?? 1;
  ctx.store.put({ ...customer, balance: endingBalance, next_invoice_sequence: sequence + 1 }, ctx.now);
  const due = draft.total <= 0 ? 0 : Math.max(draft.total + customer.balance, 0);
  const opened: Invoice = {
    ...draft,
    amount_due: due,
    amount_remaining: due,
    automatically_finalizes_at: null,
    effective_at: ctx.now,
    ending_balance: endingBalance,
    hosted_invoice_url: `${ctx.baseUrl}/i/${draft.id}`,
    number: `${customer.invoice_prefix ?? "LOCAL"}-${String(sequence).padStart(4, "0")}`,
    starting_balance: customer.balance,
    status: "open",
    status_transitions: { ...draft.status_transitions, finalized_at: ctx.now },
  };
  ctx.store.put(opened, ctx.now);
  emit(ctx, "invoice.finalized", opened);
  return opened;
}

/**
 * Collects an open invoice from the customer's card. Nothing due: it is paid without a payment.
 * Leaves it paid, or open with the next attempt planned; the subscription follows.
 */
export function collectInvoice(
  ctx: Ctx,
  invoice: Invoice,
  occasion: Occasion,
  method = cardFor(ctx, invoice),
): Invoice {
  if (invoice.amount_due === 0) return markPaid(ctx, invoice, null);
  if (method === null) return failInvoice(ctx, invoice, false);
  const payment = paymentOf(ctx, invoice) ?? openPayment(ctx, invoice);
  const intent = payIntent(ctx, ctx.store.get("payment_intent", payment.payment.payment_intent), method, occasion);
  if (intent.status === "succeeded") return markPaid(ctx, invoice, intent);
  return failInvoice(ctx, invoice, intent.status === "requires_action");
}

/** Records that an open invoice is paid, by `intent` or because nothing was due. Emits the three paid events and `invoice.updated`. */
export function markPaid(ctx: Ctx, invoice: Invoice, intent: PaymentIntent | null): Invoice {
  const paid: Invoice = {
    ...invoice,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: invoice.attempt_count + (intent === null ? 0 : 1),
    attempted: true,
    next_payment_attempt: null,
    status: "paid",
    status_transitions: { ...invoice.status_transitions, paid_at: ctx.now },
  };
  if (intent !== null) settlePayment(ctx, invoice, intent);
  ctx.store.put(paid, ctx.now);
  emit(ctx, "invoice.paid", paid);
  emit(ctx, "invoice.payment_succeeded", paid);
  if (invoice.status === "open" && invoice.created !== ctx.now) update(ctx, invoice, paid, "invoice.updated");
  afterInvoicePaid(ctx, paid);
  return paid;
}

/** Ends an open or draft invoice that will not be paid. Emits `invoice.voided`. */
export function voidInvoice(ctx: Ctx, invoice: Invoice): Invoice {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(`You can only pass in open invoices. This invoice isn't open.`, {
      code: "invoice_not_editable",
    });
  }
  const payment = paymentOf(ctx, invoice);
  if (payment !== null) {
    const intent = ctx.store.get("payment_intent", payment.payment.payment_intent);
    if (intent.status !== "canceled" && intent.status !== "succeeded") cancelIntent(ctx, intent, "void_invoice");
    ctx.store.put(
      { ...payment, status: "canceled", status_transitions: { ...payment.status_transitions, canceled_at: ctx.now } },
      ctx.now,
    );
  }
  return endInvoice(ctx, invoice, "void");
}

/** Moves an invoice to a state in which it is not collected. Emits `invoice.voided` or `invoice.marked_uncollectible`. */
export function endInvoice(ctx: Ctx, invoice: Invoice, status: "void" | "uncollectible"): Invoice {
  const transition = status === "void" ? { voided_at: ctx.now } : { marked_uncollectible_at: ctx.now };
  const ended: Invoice = {
    ...invoice,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
    status,
    status_transitions: { ...invoice.status_transitions, ...transition },
  };
  ctx.store.put(ended, ctx.now);
  emit(ctx, status === "void" ? "invoice.voided" : "invoice.marked_uncollectible", ended);
  return ended;
}

/** Counts a failed attempt and plans the next. Emits `invoice.payment_failed`, `invoice.updated`; the subscription follows. */
export function failInvoice(ctx: Ctx, invoice: Invoice, needsAction: boolean): Invoice {
  const attempts = invoice.attempt_count + 1;
  const pauseSec = ctx.settings.dunning.retryAfterSec[attempts - 1];
  const retries = invoice.billing_reason !== "subscription_create" && invoice.auto_advance === true;
  const failed: Invoice = {
    ...invoice,
    attempt_count: attempts,
    attempted: true,
    next_payment_attempt: retries && pauseSec !== undefined ? ctx.now + pauseSec : null,
  };
  ctx.store.put(failed, ctx.now);
  if (needsAction) emit(ctx, "invoice.payment_action_required", failed);
  emit(ctx, "invoice.payment_failed", failed);
  update(ctx, invoice, failed, "invoice.updated");
  afterInvoiceFailed(ctx, failed);
  return failed;
}

function customerOf(ctx: Ctx, invoice: Invoice): Customer {
  return ctx.store.get("customer", invoice.customer ?? "", "customer");
}
