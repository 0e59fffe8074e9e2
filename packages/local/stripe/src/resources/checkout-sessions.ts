import { z } from "zod";
import type { Ctx } from "../context.ts";
import { expireSession } from "../engine/checkout.ts";
import { extrasOf } from "../engine/session-extras.ts";
import { listObjects } from "../http/page.ts";
import { paging } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { invalidRequest } from "../stripe-error.ts";
import { SessionCreate, SessionList } from "./checkout-params.ts";
import { createSession } from "./create-session.ts";

/** Checkout sessions: create, read, list, line items, expire. */
export const checkoutSessionRoutes: Route[] = [
  route("POST", "/v1/checkout/sessions", SessionCreate, (ctx, params) => createSession(ctx, params)),
  route("GET", "/v1/checkout/sessions/:id", noParams, (ctx, _params, id) => ctx.store.get("checkout.session", id)),
  route("GET", "/v1/checkout/sessions/:id/line_items", z.strictObject(paging), (ctx, params, id) =>
    lineItemsPage(ctx, params.limit ?? 10, id),
  ),
  route("POST", "/v1/checkout/sessions/:id/expire", noParams, (ctx, _params, id) => expire(ctx, id)),
  route("GET", "/v1/checkout/sessions", SessionList, (ctx, params) =>
    listObjects(
      ctx,
      "checkout.session",
      {
        customer: params.customer,
        "customer_details.email": params.customer_details?.email,
        payment_intent: params.payment_intent,
        status: params.status,
        subscription: params.subscription,
      },
      { paging: params, created: params.created, url: "/v1/checkout/sessions" },
    ),
  ),
];

function lineItemsPage(ctx: Ctx, limit: number, id: string): unknown {
  const items = extrasOf(ctx, ctx.store.get("checkout.session", id)).lineItems;
  return {
    object: "list",
    data: items.slice(0, limit),
    has_more: items.length > limit,
    url: `/v1/checkout/sessions/${id}/line_items`,
  };
}

function expire(ctx: Ctx, id: string): unknown {
  const session = ctx.store.get("checkout.session", id);
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status ?? ""}.`,
    );
  }
  return expireSession(ctx, session);
}
