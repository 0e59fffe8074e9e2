import { z } from "zod";
import type { Ctx } from "../context.ts";
import { pricingOf, productName } from "../engine/invoice-lines.ts";
import { newInvoiceItem } from "../engine/new-invoice-item.ts";
import { create } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, currency, flag, integer, mergeMetadata, metadata, paging, quantity, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { InvoiceItem } from "../model/billing.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";

const largest = 99_999_999;
const ItemCreate = z.strictObject({
  customer: text(),
  amount: integer(-largest, largest).optional(),
  currency: currency().optional(),
  description: text(500).optional(),
  discountable: flag().optional(),
  metadata: metadata().optional(),
  pricing: z.strictObject({ price: text() }).optional(),
  quantity: quantity(0).optional(),
  subscription: text().optional(),
});

/** Invoice items: create, read, delete while pending, list. */
export const invoiceItemRoutes: Route[] = [
  route("POST", "/v1/invoiceitems", ItemCreate, createItem),
  route("GET", "/v1/invoiceitems/:id", noParams, (ctx, _params, id) => ctx.store.get("invoiceitem", id)),
  route("DELETE", "/v1/invoiceitems/:id", noParams, (ctx, _params, id) => {
    const item = ctx.store.get("invoiceitem", id);
    if (item.invoice !== null) throw invalidRequest("This invoice item is part of an invoice and cannot be deleted.");
    return ctx.store.bury("invoiceitem", id);
  }),
  route(
    "GET",
    "/v1/invoiceitems",
    z.strictObject({
      ...paging,
      created: created(),
      customer: text().optional(),
      invoice: text().optional(),
      pending: flag().optional(),
    }),
    (ctx, params) =>
      listObjects(
        ctx,
        "invoiceitem",
        { customer: params.customer, invoice: params.invoice, ...(params.pending === true ? { invoice: null } : {}) },
        { paging: params, created: params.created, url: "/v1/invoiceitems" },
      ),
  ),
];

/** Adds something to the customer's next invoice. Emits `invoiceitem.created`. Errors: neither amount nor price; another currency. */
function createItem(ctx: Ctx, params: z.output<typeof ItemCreate>): InvoiceItem {
  ctx.store.get("customer", params.customer, "customer");
  const price = params.pricing === undefined ? null : ctx.store.get("price", params.pricing.price, "pricing[price]");
  if (price === null && params.amount === undefined) throw parameterMissing("amount");
  if (price === null && params.currency === undefined) throw parameterMissing("currency");
  if (price !== null && price.recurring !== null) {
    throw invalidRequest(
      "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
      {
        param: "pricing[price]",
      },
    );
  }
  if (params.subscription !== undefined) ctx.store.get("subscription", params.subscription, "subscription");
  const count = params.quantity ?? 1;
  const item: InvoiceItem = {
    ...newInvoiceItem(ctx, {
      customer: params.customer,
      amount: price === null ? (params.amount ?? 0) : count * (price.unit_amount ?? 0),
      currency: price?.currency ?? params.currency ?? "usd",
      description: params.description ?? (price === null ? null : productName(ctx, price)),
      period: { start: ctx.now, end: ctx.now },
      quantity: count,
      subscription: params.subscription === undefined ? null : { subscription: params.subscription },
    }),
    discountable: params.discountable ?? true,
    metadata: mergeMetadata({}, params.metadata),
    pricing: price === null ? null : pricingOf(price),
  };
  create(ctx, item, "invoiceitem.created");
  return item;
}
