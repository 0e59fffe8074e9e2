import { z } from "zod";
import type { Ctx } from "../context.ts";
import { cancelSubscription } from "../engine/cancel-subscription.ts";
import { newCustomer } from "../engine/new-customer.ts";
import { attachPaymentMethod } from "../engine/payment-methods.ts";
import { create, emit, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, email, emptyable, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Customer } from "../model/objects.ts";
import { invalidRequest } from "../stripe-error.ts";
import { address, compact } from "./shapes.ts";

const fields = {
  address: emptyable(address()).optional(),
  description: emptyable(text()).optional(),
  email: emptyable(email()).optional(),
  invoice_settings: z
    .strictObject({ default_payment_method: emptyable(text()).optional(), footer: emptyable(text()).optional() })
    .optional(),
  metadata: metadata().optional(),
  name: emptyable(text(256)).optional(),
  phone: emptyable(text(20)).optional(),
  preferred_locales: z.array(text(20)).optional(),
  tax_exempt: z.enum(["none", "exempt", "reverse"]).optional(),
};
const CustomerCreate = z.strictObject({ ...fields, payment_method: text().optional() });
type CustomerCreate = z.output<typeof CustomerCreate>;
const CustomerUpdate = z.strictObject(fields);
const CustomerList = z.strictObject({ ...paging, created: created(), email: text().optional() });
const CustomerSearch = z.strictObject({ query: text(1000), limit: paging.limit, page: text().optional() });

/** Customers: create, read, change, delete, list, a small search, and their payment methods. */
export const customerRoutes: Route[] = [
  route("POST", "/v1/customers", CustomerCreate, (ctx, params) => createCustomer(ctx, params)),
  route("GET", "/v1/customers/search", CustomerSearch, searchCustomers),
  route("GET", "/v1/customers/:id", noParams, (ctx, _params, id) => retrieveCustomer(ctx, id)),
  route("POST", "/v1/customers/:id", CustomerUpdate, updateCustomer),
  route("DELETE", "/v1/customers/:id", noParams, (ctx, _params, id) => deleteCustomer(ctx, id)),
  route("GET", "/v1/customers", CustomerList, (ctx, params) =>
    listObjects(
      ctx,
      "customer",
      { email: params.email },
      { paging: params, created: params.created, url: "/v1/customers" },
    ),
  ),
  route(
    "GET",
    "/v1/customers/:id/payment_methods",
    z.strictObject({ ...paging, type: z.enum(["card"]).optional() }),
    (ctx, params, id) => {
      ctx.store.get("customer", id, "customer");
      return listObjects(
        ctx,
        "payment_method",
        { customer: id },
        { paging: params, url: `/v1/customers/${id}/payment_methods` },
      );
    },
  ),
];

/** Makes a customer; with `payment_method` that card is attached. Emits `customer.created`. */
export function createCustomer(ctx: Ctx, params: CustomerCreate): Customer {
  const { payment_method: paymentMethod, ...rest } = params;
  const customer = newCustomer(ctx, settingsOf(rest));
  customer.metadata = mergeMetadata({}, params.metadata);
  create(ctx, customer, "customer.created");
  if (paymentMethod !== undefined) attachPaymentMethod(ctx, paymentMethod, customer.id);
  if (!params.invoice_settings) return customer;
  return update(ctx, customer, withInvoiceSettings(ctx, customer, params.invoice_settings), "customer.updated");
}

function settingsOf(params: z.output<typeof CustomerUpdate>): Partial<Customer> {
  const { invoice_settings: _settings, metadata: _metadata, ...plain } = params;
  return compact(plain);
}

function withInvoiceSettings(
  ctx: Ctx,
  customer: Customer,
  change: { default_payment_method?: string | null | undefined; footer?: string | null | undefined },
): Customer {
  const { default_payment_method: card } = change;
  if (card) {
    const method = ctx.store.get("payment_method", card, "invoice_settings[default_payment_method]");
    if (method.customer !== customer.id) {
      throw invalidRequest(
        `The customer does not have a payment method with the ID ${card}. The payment method must be attached to the customer.`,
        { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
      );
    }
  }
  return { ...customer, invoice_settings: { ...customer.invoice_settings, ...compact(change) } };
}

function updateCustomer(ctx: Ctx, params: z.output<typeof CustomerUpdate>, id: string): Customer {
  const before = ctx.store.get("customer", id);
  let after: Customer = { ...before, ...settingsOf(params), metadata: mergeMetadata(before.metadata, params.metadata) };
  if (params.invoice_settings) after = withInvoiceSettings(ctx, after, params.invoice_settings);
  return update(ctx, before, after, "customer.updated");
}

function retrieveCustomer(ctx: Ctx, id: string): unknown {
  const gone = ctx.store.findAny(id);
  if (gone !== null && "deleted" in gone && gone.deleted) return gone;
  return ctx.store.get("customer", id);
}

function deleteCustomer(ctx: Ctx, id: string): unknown {
  const customer = ctx.store.get("customer", id);
  for (const subscription of ctx.store.all("subscription", { customer: id })) {
    if (subscription.ended_at === null) cancelSubscription(ctx, subscription, { reason: "cancellation_requested" });
  }
  const tombstone = ctx.store.bury("customer", id);
  emit(ctx, "customer.deleted", customer);
  return tombstone;
}

/** `email:'…'` and `metadata['key']:'…'` joined by AND; anything else is refused. */
function searchCustomers(ctx: Ctx, params: z.output<typeof CustomerSearch>): unknown {
  const wanted = params.query.split(/\s+AND\s+/i).map((clause) => {
    const match = /^(email|name|metadata\[['"]([\w-]+)['"]\])\s*:\s*['"]([^'"]*)['"]$/.exec(clause.trim());
    if (match === null)
      throw invalidRequest(`We were unable to parse your search query: ${clause}`, { param: "query" });
    return { field: match[1] ?? "", key: match[2], value: match[3] ?? "" };
  });
  const found = ctx.store
    .all("customer")
    .filter((customer) =>
      wanted.every(({ field, key, value }) =>
        key === undefined
          ? (field === "email" ? customer.email : customer.name) === value
          : customer.metadata[key] === value,
      ),
    );
  const limit = params.limit ?? 10;
  return {
    object: "search_result",
    data: found.slice(0, limit),
    has_more: found.length > limit,
    next_page: null,
    url: "/v1/customers/search",
  };
}
