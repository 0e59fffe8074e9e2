import type Stripe from "stripe";
import type { Ctx, Tx } from "@turnpike/core";
import { newId } from "@turnpike/core";
import { findAtStripe } from "@turnpike/products";
import { events } from "../events.ts";
import type { InvoiceRow } from "../queries/invoices.ts";
import { lockInvoice, upsertInvoice } from "../queries/invoices.ts";
import type { ApplyOptions } from "./apply-subscription.ts";
import { organizationKey, organizationOfCustomer } from "./link-customer.ts";
import { dateOf, idOf } from "./stripe-values.ts";

/** An invoice as Stripe has it; `readAt` is the database's clock when the reading began. */
export interface InvoiceSnapshot {
  invoice: Stripe.Invoice;
  readAt: Date;
}

/** Reads an invoice; `readAt` is the database's clock now. Null when Stripe has none of this id. Errors: core.unavailable. */
export async function readInvoice(ctx: Ctx, stripeInvoiceId: string, readAt: Date): Promise<InvoiceSnapshot | null> {
  const invoice = await findAtStripe(ctx.stripe.invoices.retrieve(stripeInvoiceId));
  return invoice && { invoice, readAt };
}

/**
 * Writes an invoice and emits billing.invoice_paid or billing.payment_failed when this reading shows it first: whatever
 * the number and order of events, once per invoice, or per attempt. Needs the service role.
 */
export async function applyInvoice(tx: Tx, snapshot: InvoiceSnapshot, options: ApplyOptions): Promise<void> {
  const { invoice, readAt } = snapshot;
  const customerId = idOf(invoice.customer);
  if (customerId === null) return;
  const claims = [
    invoice.metadata?.[organizationKey],
    invoice.parent?.subscription_details?.metadata?.[organizationKey],
  ];
  const linked = await organizationOfCustomer(tx, customerId, claims, options.followUps);
  const before = await lockInvoice(tx.db, invoice.id);
  const organizationId = before?.organizationId ?? linked;
  if (organizationId === null) return;
  if (before && before.syncedAt > readAt) return;
  const after = invoiceRow({ id: before?.id ?? newId(), organizationId }, invoice, readAt);
  await upsertInvoice(tx.db, after, JSON.stringify(invoice));
  await emitChanges(tx, before, after, options.stripeEventId);
}

function invoiceRow(
  identity: { id: string; organizationId: string },
  invoice: Stripe.Invoice,
  readAt: Date,
): InvoiceRow {
  return {
    ...identity,
    stripeInvoiceId: invoice.id,
    stripeSubscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    number: invoice.number,
    status: invoice.status ?? "unknown",
    billingReason: invoice.billing_reason,
    currency: invoice.currency,
    totalMinor: invoice.total,
    amountDueMinor: invoice.amount_due,
    amountPaidMinor: invoice.amount_paid,
    attemptCount: invoice.attempt_count,
    hostedInvoiceUrl: invoice.hosted_invoice_url ?? null,
    invoicePdfUrl: invoice.invoice_pdf ?? null,
    periodStart: dateOf(invoice.period_start),
    periodEnd: dateOf(invoice.period_end),
    invoicedAt: dateOf(invoice.created),
    paidAt: dateOf(invoice.status_transitions.paid_at),
    syncedAt: readAt,
  };
}

async function emitChanges(
  tx: Tx,
  before: InvoiceRow | undefined,
  after: InvoiceRow,
  stripeEventId: string | null,
): Promise<void> {
  const data = {
    organizationId: after.organizationId,
    invoiceId: after.id,
    stripeInvoiceId: after.stripeInvoiceId,
    stripeSubscriptionId: after.stripeSubscriptionId,
    currency: after.currency,
    billingReason: after.billingReason,
    stripeEventId,
  };
  if (after.status === "paid" && before?.status !== "paid") {
    await tx.emit(events.invoice_paid, { ...data, amountMinor: after.amountPaidMinor });
  }
  if (after.status === "open" && after.attemptCount > (before?.attemptCount ?? 0)) {
    await tx.emit(events.payment_failed, { ...data, amountMinor: after.amountDueMinor, attempt: after.attemptCount });
  }
}
