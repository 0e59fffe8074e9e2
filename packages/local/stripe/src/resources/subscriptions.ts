import { z } from "zod";
import type { Ctx } from "../context.ts";
import { cancelSubscription } from "../engine/cancel-subscription.ts";
import { collectInvoice, finalizeInvoice } from "../engine/invoices.ts";
import { prorations } from "../engine/prorate.ts";
import { buildWithPending, pendingLines } from "../engine/renew.ts";
import { resumeSubscription } from "../engine/resume-subscription.ts";
import { create } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Subscription } from "../model/billing.ts";
import { invalidRequest } from "../stripe-error.ts";
import { createSubscription } from "./create-subscription.ts";
import { SubscriptionCancel, SubscriptionCreate, SubscriptionList, SubscriptionUpdate } from "./subscription-params.ts";
import { updateSubscription } from "./update-subscription.ts";

/** Subscriptions: create, read, change, cancel, resume, list. */
export const subscriptionRoutes: Route[] = [
  route("POST", "/v1/subscriptions", SubscriptionCreate, (ctx, params) => createSubscription(ctx, params)),
  route("GET", "/v1/subscriptions/:id", noParams, (ctx, _params, id) => ctx.store.get("subscription", id)),
  route("POST", "/v1/subscriptions/:id", SubscriptionUpdate, (ctx, params, id) =>
    updateSubscription(ctx, running(ctx, id), params),
  ),
  route("DELETE", "/v1/subscriptions/:id", SubscriptionCancel, cancelNow),
  route(
    "POST",
    "/v1/subscriptions/:id/resume",
    z.strictObject({
      billing_cycle_anchor: z.strictObject({ type: z.enum(["now", "unchanged"]) }).optional(),
      proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
    }),
    (ctx, _params, id) => resumeSubscription(ctx, ctx.store.get("subscription", id)),
  ),
  route("GET", "/v1/subscriptions", SubscriptionList, listSubscriptions),
];

/** The subscription, if it can still be changed. Errors: 404, and 404-like 400 for one that ended, as at Stripe. */
function running(ctx: Ctx, id: string): Subscription {
  const subscription = ctx.store.get("subscription", id);
  if (subscription.status === "canceled" || subscription.status === "incomplete_expired") {
    throw invalidRequest(`A canceled subscription can only update its cancellation_details and metadata.`, {
      param: "id",
    });
  }
  return subscription;
}

function cancelNow(ctx: Ctx, params: z.output<typeof SubscriptionCancel>, id: string): Subscription {
  const subscription = ctx.store.get("subscription", id);
  if (subscription.ended_at !== null)
    throw invalidRequest(`No such subscription: '${id}'`, { code: "resource_missing", param: "id" });
  if (params.prorate === true && subscription.status !== "trialing") creditRest(ctx, subscription);
  if (params.invoice_now === true) invoicePending(ctx, subscription);
  return cancelSubscription(ctx, ctx.store.get("subscription", id), {
    reason: "cancellation_requested",
    feedback: params.cancellation_details?.feedback ?? null,
    comment: params.cancellation_details?.comment ?? null,
  });
}

function creditRest(ctx: Ctx, subscription: Subscription): void {
  const credits = prorations(ctx, subscription, [], { date: ctx.now, restarts: false });
  for (const credit of credits) create(ctx, credit, "invoiceitem.created");
}

/** Bills what is pending before the end, as a last invoice. */
function invoicePending(ctx: Ctx, subscription: Subscription): void {
  if (pendingLines(ctx, subscription).length === 0) return;
  const draft = buildWithPending(ctx, {
    subscription,
    lines: [],
    reason: "subscription_update",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: null,
  });
  ctx.store.put({ ...subscription, latest_invoice: draft.id }, ctx.now);
  create(ctx, draft, "invoice.created");
  collectInvoice(ctx, finalizeInvoice(ctx, draft), "later");
}

function listSubscriptions(ctx: Ctx, params: z.output<typeof SubscriptionList>): unknown {
  const { status } = params;
  const byStatus =
    status === undefined
      ? " AND json_extract(body, '$.ended_at') IS NULL"
      : status === "ended"
        ? " AND json_extract(body, '$.ended_at') IS NOT NULL"
        : "";
  const byPrice =
    params.price === undefined
      ? ""
      : " AND EXISTS (SELECT 1 FROM json_each(body, '$.items.data') i WHERE json_extract(i.value, '$.price.id') = ?)";
  return listObjects(
    ctx,
    "subscription",
    {
      customer: params.customer,
      collection_method: params.collection_method,
      status: status === "all" || status === "ended" ? undefined : status,
    },
    {
      paging: params,
      created: params.created,
      url: "/v1/subscriptions",
      extra: { sql: byStatus + byPrice, values: params.price === undefined ? [] : [params.price] },
    },
  );
}
