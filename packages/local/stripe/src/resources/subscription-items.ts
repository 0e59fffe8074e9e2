import { z } from "zod";
import type { Ctx } from "../context.ts";
import { changeItems } from "../engine/change-items.ts";
import type { ItemRequest } from "../engine/changed-items.ts";
import { paging, quantity, text, timestamp, metadata } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Subscription, SubscriptionItem } from "../model/billing.ts";
import { decode } from "../storage/decode.ts";
import { resourceMissing } from "../stripe-error.ts";

const billing = {
  payment_behavior: z
    .enum(["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"])
    .optional(),
  proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
  proration_date: timestamp().optional(),
};
const fields = { metadata: metadata().optional(), price: text().optional(), quantity: quantity(0).optional() };
const Billing = z.strictObject(billing);
type Billing = z.output<typeof Billing>;

/** Subscription items: create, read, change, delete, list. */
export const subscriptionItemRoutes: Route[] = [
  route(
    "POST",
    "/v1/subscription_items",
    z.strictObject({ ...fields, ...billing, subscription: text() }),
    (ctx, params) => {
      const subscription = ctx.store.get("subscription", params.subscription, "subscription");
      const known = new Set(subscription.items.data.map((item) => item.id));
      const after = change(ctx, subscription, requestOf(ctx, params), params);
      return after.items.data.find((item) => !known.has(item.id));
    },
  ),
  route("GET", "/v1/subscription_items/:id", noParams, (ctx, _params, id) => findItem(ctx, id).item),
  route("POST", "/v1/subscription_items/:id", z.strictObject({ ...fields, ...billing }), (ctx, params, id) => {
    const { subscription } = findItem(ctx, id);
    const after = change(ctx, subscription, { ...requestOf(ctx, params), id }, params);
    return after.items.data.find((item) => item.id === id);
  }),
  route("DELETE", "/v1/subscription_items/:id", Billing, (ctx, params, id) => {
    change(ctx, findItem(ctx, id).subscription, { id, deleted: true }, params);
    return { id, object: "subscription_item", deleted: true };
  }),
  route("GET", "/v1/subscription_items", z.strictObject({ ...paging, subscription: text() }), (ctx, params) => {
    const { items } = ctx.store.get("subscription", params.subscription, "subscription");
    const limit = params.limit ?? 10;
    return { ...items, data: items.data.slice(0, limit), has_more: items.data.length > limit };
  }),
];

function requestOf(ctx: Ctx, params: z.output<z.ZodObject<typeof fields>>): ItemRequest {
  const { price, ...rest } = params;
  const request: ItemRequest = { metadata: rest.metadata, quantity: rest.quantity };
  return price === undefined ? request : { ...request, price: ctx.store.get("price", price, "price") };
}

function change(ctx: Ctx, subscription: Subscription, request: ItemRequest, params: Billing): Subscription {
  changeItems(ctx, subscription, subscription, [request], {
    prorationBehavior: params.proration_behavior ?? "create_prorations",
    prorationDate: params.proration_date ?? ctx.now,
    paymentBehavior: params.payment_behavior ?? "allow_incomplete",
    restartsPeriod: false,
  });
  return ctx.store.get("subscription", subscription.id);
}

/** Items live inside their subscription, as they do in events. Errors: 404. */
function findItem(ctx: Ctx, id: string): { subscription: Subscription; item: SubscriptionItem } {
  const row = ctx.store.database
    .prepare(
      `SELECT body FROM objects WHERE object = 'subscription'
       AND EXISTS (SELECT 1 FROM json_each(body, '$.items.data') i WHERE json_extract(i.value, '$.id') = ?)`,
    )
    .get(id);
  if (row === undefined) throw resourceMissing("subscription_item", id, "item");
  const subscription = decode<Subscription>(row.body);
  const item = subscription.items.data.find((entry) => entry.id === id);
  if (item === undefined) throw resourceMissing("subscription_item", id, "item");
  return { subscription, item };
}
