import type { Ctx } from "../context.ts";
import { newId } from "../ids.ts";
import type { InvoiceItem } from "../model/billing.ts";

/** What an invoice item bills; `amount` for all of it, in the smallest unit, below zero for a credit. */
export interface InvoiceItemRequest {
  customer: string;
  amount: number;
  currency: string;
  description: string | null;
  period: { start: number; end: number };
  quantity: number;
  subscription: { subscription: string; subscription_item?: string } | null;
}

/** An invoice item that waits for the next invoice. Not stored. */
export function newInvoiceItem(ctx: Ctx, request: InvoiceItemRequest): InvoiceItem {
  return {
    id: newId("ii"),
    object: "invoiceitem",
    amount: request.amount,
    currency: request.currency,
    customer: request.customer,
    customer_account: null,
    date: ctx.now,
    description: request.description,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: request.amount,
    parent:
      request.subscription === null
        ? null
        : { subscription_details: request.subscription, type: "subscription_details" },
    period: request.period,
    pricing: null,
    proration: false,
    quantity: request.quantity,
    quantity_decimal: String(request.quantity),
    tax_rates: [],
    test_clock: null,
  };
}
