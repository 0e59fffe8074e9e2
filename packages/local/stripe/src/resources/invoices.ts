import { z } from "zod";
import type { Ctx } from "../context.ts";
import { cardFor } from "../engine/invoice-payments.ts";
import { collectInvoice, endInvoice, finalizeInvoice, markPaid, voidInvoice } from "../engine/invoices.ts";
import { declined, resolvePaymentMethod } from "../engine/payment-methods.ts";
import { update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, emptyable, flag, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Invoice } from "../model/billing.ts";
import { StripeError, invalidRequest } from "../stripe-error.ts";

const InvoiceList = z.strictObject({
  ...paging,
  created: created(),
  customer: text().optional(),
  status: z.enum(["draft", "open", "paid", "uncollectible", "void"]).optional(),
  subscription: text().optional(),
});
const InvoicePay = z.strictObject({
  forgive: flag().optional(),
  off_session: flag().optional(),
  paid_out_of_band: flag().optional(),
  payment_method: text().optional(),
});
const InvoiceUpdate = z.strictObject({
  auto_advance: flag().optional(),
  description: emptyable(text(1500)).optional(),
  metadata: metadata().optional(),
});

/** Invoices: read, change, finalize, pay, void, write off, lines, list; and their payments. */
export const invoiceRoutes: Route[] = [
  route("GET", "/v1/invoices/:id", noParams, (ctx, _params, id) => ctx.store.get("invoice", id)),
  route("POST", "/v1/invoices/:id", InvoiceUpdate, updateInvoice),
  route("POST", "/v1/invoices/:id/finalize", z.strictObject({ auto_advance: flag().optional() }), (ctx, _params, id) =>
    finalizeInvoice(ctx, ctx.store.get("invoice", id)),
  ),
  route("POST", "/v1/invoices/:id/pay", InvoicePay, payInvoice),
  route("POST", "/v1/invoices/:id/void", noParams, (ctx, _params, id) =>
    voidInvoice(ctx, ctx.store.get("invoice", id)),
  ),
  route("POST", "/v1/invoices/:id/mark_uncollectible", noParams, (ctx, _params, id) => {
    const invoice = ctx.store.get("invoice", id);
    if (invoice.status !== "open") throw invalidRequest("You can only pass in open invoices. This invoice isn't open.");
    return endInvoice(ctx, invoice, "uncollectible");
  }),
  route("GET", "/v1/invoices/:id/lines", z.strictObject(paging), (ctx, params, id) => {
    const { lines } = ctx.store.get("invoice", id);
    const limit = params.limit ?? 10;
    return { ...lines, data: lines.data.slice(0, limit), has_more: lines.data.length > limit };
  }),
  route("GET", "/v1/invoices", InvoiceList, (ctx, params) =>
    listObjects(
      ctx,
      "invoice",
      {
        customer: params.customer,
        status: params.status,
        "parent.subscription_details.subscription": params.subscription,
      },
      { paging: params, created: params.created, url: "/v1/invoices" },
    ),
  ),
  route(
    "GET",
    "/v1/invoice_payments",
    z.strictObject({
      ...paging,
      created: created(),
      invoice: text().optional(),
      status: text().optional(),
      payment: z.strictObject({ type: z.enum(["payment_intent"]), payment_intent: text() }).optional(),
    }),
    (ctx, params) =>
      listObjects(
        ctx,
        "invoice_payment",
        { invoice: params.invoice, status: params.status, "payment.payment_intent": params.payment?.payment_intent },
        { paging: params, created: params.created, url: "/v1/invoice_payments" },
      ),
  ),
  route("GET", "/v1/invoice_payments/:id", noParams, (ctx, _params, id) => ctx.store.get("invoice_payment", id)),
];

function updateInvoice(ctx: Ctx, params: z.output<typeof InvoiceUpdate>, id: string): Invoice {
  const before = ctx.store.get("invoice", id);
  const after: Invoice = { ...before, metadata: mergeMetadata(before.metadata ?? {}, params.metadata) };
  if (params.auto_advance !== undefined) after.auto_advance = params.auto_advance;
  if (params.description !== undefined) after.description = params.description;
  return update(ctx, before, after, "invoice.updated");
}

/** Errors: 400 when it is paid or not payable; 402 when the card fails (the failed attempt stays recorded). */
function payInvoice(ctx: Ctx, params: z.output<typeof InvoicePay>, id: string): Invoice {
  const found = ctx.store.get("invoice", id);
  if (found.status === "paid") throw invalidRequest("Invoice is already paid", { code: "invoice_already_paid" });
  if (found.status === "void")
    throw invalidRequest("This invoice was voided and cannot be paid.", { code: "invoice_not_editable" });
  const invoice = found.status === "draft" ? finalizeInvoice(ctx, found) : found;
  if (params.paid_out_of_band === true) return markPaid(ctx, invoice, null);
  const method =
    params.payment_method === undefined ? cardFor(ctx, invoice) : resolvePaymentMethod(ctx, params.payment_method);
  if (method === null && invoice.amount_due > 0) {
    throw invalidRequest("There is no default_payment_method set on this Customer or Invoice. Please set a default.", {
      code: "missing",
    });
  }
  const after = collectInvoice(ctx, invoice, "later", method);
  if (after.status === "paid") return after;
  const [payment] = ctx.store.all("invoice_payment", { invoice: id });
  const intent = payment === undefined ? null : ctx.store.get("payment_intent", payment.payment.payment_intent);
  if (intent?.status === "requires_action") {
    throw new StripeError(
      402,
      "card_error",
      "The payment requires additional user action before it can be completed.",
      {
        code: "invoice_payment_intent_requires_action",
      },
    );
  }
  throw declined(intent?.last_payment_error?.decline_code ?? "generic_decline");
}
