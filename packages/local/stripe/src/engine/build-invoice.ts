import type { Ctx } from "../context.ts";
import { newId } from "../ids.ts";
import type { Invoice, InvoiceLine, Subscription } from "../model/billing.ts";
import type { Customer } from "../model/objects.ts";
import { applyDiscounts } from "./discounts.ts";

/** What an invoice is to be made of. Times are unix seconds. */
export interface InvoiceRequest {
  /** Its id when it must be known beforehand. */
  id?: string;
  customer: Customer;
  subscription: Subscription | null;
  lines: InvoiceLine[];
  currency: string;
  reason: "subscription_create" | "subscription_cycle" | "subscription_update" | "subscription" | "manual" | "upcoming";
  period: { start: number; end: number };
  /** When it is finalized by itself; null: by hand or at once. */
  finalizesAt: number | null;
  prorationDate?: number;
  metadata?: Record<string, string>;
  description?: string | null;
}

/** A draft with its totals: discounts spread over the lines, the customer's balance not yet used. Nothing is stored. */
export function buildInvoice(ctx: Ctx, request: InvoiceRequest): Invoice {
  const id = request.id ?? newId("in");
  const { customer, subscription } = request;
  const discounted = applyDiscounts(ctx, request.lines, subscription?.discounts ?? []);
  const lines = discounted.lines.map((line) => ({ ...line, invoice: id }));
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const total = subtotal - discounted.totals.reduce((sum, entry) => sum + entry.amount, 0);
  return {
    ...partyOf(customer),
    ...emptyParts(),
    ...moneyOf(customer, subtotal, total),
    id,
    object: "invoice",
    attempt_count: 0,
    attempted: false,
    auto_advance: request.finalizesAt !== null,
    automatically_finalizes_at: request.finalizesAt,
    billing_reason: request.reason,
    collection_method: "charge_automatically",
    created: ctx.now,
    currency: request.currency,
    default_payment_method: null,
    description: request.description ?? null,
    discounts: subscription?.discounts ?? [],
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: request.metadata ?? {},
    parent: subscription === null ? null : parentOf(subscription, request.prorationDate),
    period_end: request.period.end,
    period_start: request.period.start,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    total_discount_amounts: discounted.totals,
  };
}

function parentOf(subscription: Subscription, prorationDate: number | undefined): Invoice["parent"] {
  return {
    quote_details: null,
    subscription_details: {
      metadata: subscription.metadata,
      subscription: subscription.id,
      ...(prorationDate === undefined ? {} : { subscription_proration_date: prorationDate }),
    },
    type: "subscription_details",
  };
}

function partyOf(customer: Customer) {
  return {
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? null,
    customer_tax_ids: [],
  };
}

/** A customer's balance below zero is credit and is used up first; a total below zero becomes credit. */
function moneyOf(customer: Customer, subtotal: number, total: number) {
  const due = Math.max(total + customer.balance, 0);
  return {
    amount_due: total <= 0 ? 0 : due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: total <= 0 ? 0 : due,
    amount_shipping: 0,
    ending_balance: null,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: customer.balance,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
  };
}

function emptyParts() {
  return {
    account_country: "US",
    account_name: "Local Stripe",
    account_tax_ids: null,
    application: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    custom_fields: null,
    default_source: null,
    default_tax_rates: [],
    due_date: null,
    effective_at: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    statement_descriptor: null,
    test_clock: null,
    webhooks_delivered_at: null,
  };
}
