import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** An invoice as we hold it. Amounts are in the smallest unit of `currency`. */
export interface InvoiceRow {
  id: string;
  organizationId: string;
  stripeInvoiceId: string;
  stripeSubscriptionId: string | null;
  number: string | null;
  status: string;
  billingReason: string | null;
  currency: string;
  totalMinor: number;
  amountDueMinor: number;
  amountPaidMinor: number;
  attemptCount: number;
  hostedInvoiceUrl: string | null;
  invoicePdfUrl: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  invoicedAt: Date;
  paidAt: Date | null;
  syncedAt: Date;
}

// Never the snapshot: members may read these columns and not that one.
const columns = [
  "id",
  "organization_id as organizationId",
  "stripe_invoice_id as stripeInvoiceId",
  "stripe_subscription_id as stripeSubscriptionId",
  "number",
  "status",
  "billing_reason as billingReason",
  "currency",
  "total_minor as totalMinor",
  "amount_due_minor as amountDueMinor",
  "amount_paid_minor as amountPaidMinor",
  "attempt_count as attemptCount",
  "hosted_invoice_url as hostedInvoiceUrl",
  "invoice_pdf_url as invoicePdfUrl",
  "period_start as periodStart",
  "period_end as periodEnd",
  "invoiced_at as invoicedAt",
  "paid_at as paidAt",
  "synced_at as syncedAt",
] as const;

/** An invoice by Stripe's id, locked until the transaction ends. */
export function lockInvoice(db: Db, stripeInvoiceId: string): Promise<InvoiceRow | undefined> {
  return db
    .selectFrom("invoices")
    .select(columns)
    .where("stripe_invoice_id", "=", stripeInvoiceId)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Invoices of an organization that are no drafts, newest first; `before` is the id of the last one of the page before.
 * By Stripe's time and not by our id: what was before the customer was linked is read back from the newest on.
 */
export function listInvoices(
  db: Db,
  organizationId: string,
  page: { before: string | null; limit: number },
): Promise<InvoiceRow[]> {
  const query = db
    .selectFrom("invoices")
    .select(columns)
    .where("organization_id", "=", organizationId)
    .where("status", "not in", ["draft", "deleted"])
    .orderBy("invoiced_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.before === null) return query.execute();
  return query
    .where(
      sql<boolean>`(invoiced_at, id) < (select i.invoiced_at, i.id from public.invoices i where i.id = ${page.before}::uuid)`,
    )
    .execute();
}

/** Writes an invoice whole; Stripe's id decides which row it is. `snapshot` is JSON text. */
export async function upsertInvoice(db: Db, row: InvoiceRow, snapshot: string): Promise<void> {
  const values = {
    stripe_subscription_id: row.stripeSubscriptionId,
    number: row.number,
    status: row.status,
    billing_reason: row.billingReason,
    currency: row.currency,
    total_minor: row.totalMinor,
    amount_due_minor: row.amountDueMinor,
    amount_paid_minor: row.amountPaidMinor,
    attempt_count: row.attemptCount,
    hosted_invoice_url: row.hostedInvoiceUrl,
    invoice_pdf_url: row.invoicePdfUrl,
    period_start: row.periodStart,
    period_end: row.periodEnd,
    invoiced_at: row.invoicedAt,
    paid_at: row.paidAt,
    snapshot,
    synced_at: row.syncedAt,
  };
  await db
    .insertInto("invoices")
    .values({ id: row.id, organization_id: row.organizationId, stripe_invoice_id: row.stripeInvoiceId, ...values })
    .onConflict((conflict) => conflict.column("stripe_invoice_id").doUpdateSet(values))
    .execute();
}

/** Marks an invoice that Stripe has no more: only drafts can be deleted there. */
export async function markInvoiceDeleted(db: Db, stripeInvoiceId: string): Promise<void> {
  await db
    .updateTable("invoices")
    .set({ status: "deleted" })
    .where("stripe_invoice_id", "=", stripeInvoiceId)
    .where("status", "=", "draft")
    .execute();
}
