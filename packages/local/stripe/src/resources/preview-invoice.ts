import { z } from "zod";
import type { Ctx } from "../context.ts";
import { buildInvoice } from "../engine/build-invoice.ts";
import { buildSubscription } from "../engine/build-subscription.ts";
import { planChange } from "../engine/change-items.ts";
import { invoiceItemLine, subscriptionLine } from "../engine/invoice-lines.ts";
import { cycleLines, pendingLines, periodOf } from "../engine/renew.ts";
import { upcomingInvoice } from "../engine/upcoming-invoice.ts";
import { text, timestamp } from "../http/params.ts";
import { route, type Route } from "../http/route.ts";
import type { Invoice, Subscription } from "../model/billing.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import { itemRequests } from "./item-requests.ts";
import { ItemChange } from "./subscription-params.ts";

const Preview = z.strictObject({
  customer: text().optional(),
  subscription: text().optional(),
  preview_mode: z.enum(["next"]).optional(),
  subscription_details: z
    .strictObject({
      items: z.array(ItemChange).max(20).optional(),
      proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
      proration_date: timestamp().optional(),
    })
    .optional(),
});
type Preview = z.output<typeof Preview>;

/** POST /v1/invoices/create_preview. */
export const previewRoutes: Route[] = [
  route("POST", "/v1/invoices/create_preview", Preview, (ctx, params) => previewInvoice(ctx, params)),
];

/**
 * The invoice that a renewal, a change of items or a new subscription would make. Nothing is stored, nothing is emitted.
 * Errors: 404; 400 `invoice_upcoming_none` when the subscription will not bill again.
 */
function previewInvoice(ctx: Ctx, params: Preview): Invoice {
  const subscription = findSubscription(ctx, params);
  if (subscription === null) return previewOfNew(ctx, params);
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= periodOf(subscription).end;
  const items = params.subscription_details?.items;
  if (items === undefined) {
    if (subscription.ended_at !== null || ends) {
      throw invalidRequest("No upcoming invoices for customer.", { code: "invoice_upcoming_none" });
    }
    return upcomingInvoice(ctx, subscription);
  }
  return previewOfChange(ctx, subscription, params);
}

function findSubscription(ctx: Ctx, params: Preview): Subscription | null {
  if (params.subscription !== undefined) return ctx.store.get("subscription", params.subscription, "subscription");
  if (params.customer === undefined) throw parameterMissing("customer");
  ctx.store.get("customer", params.customer, "customer");
  if (params.subscription_details?.items !== undefined) return null;
  const [running] = ctx.store
    .all("subscription", { customer: params.customer })
    .filter((entry) => entry.ended_at === null);
  if (running === undefined)
    throw invalidRequest("No upcoming invoices for customer.", { code: "invoice_upcoming_none" });
  return running;
}

function previewOfChange(ctx: Ctx, subscription: Subscription, params: Preview): Invoice {
  const details = params.subscription_details ?? {};
  const date = details.proration_date ?? ctx.now;
  const plan = planChange(ctx, subscription, itemRequests(ctx, details.items ?? []), {
    prorationBehavior: details.proration_behavior ?? "create_prorations",
    prorationDate: date,
    restartsPeriod: false,
  });
  const lines = plan.items.map((item) =>
    invoiceItemLine(item, ctx.store.find("price", item.pricing?.price_details.price ?? "")),
  );
  if (!plan.billsNow) {
    const next = upcomingInvoice(ctx, plan.changed);
    return rebuilt(ctx, plan.changed, [...lines, ...next.lines.data], { reason: "upcoming", date });
  }
  const all = [...pendingLines(ctx, subscription), ...lines, ...(plan.restarts ? cycleLines(ctx, plan.changed) : [])];
  return rebuilt(ctx, plan.changed, all, { reason: "subscription_update", date });
}

function previewOfNew(ctx: Ctx, params: Preview): Invoice {
  const customerId = params.customer ?? "";
  const requests = itemRequests(ctx, params.subscription_details?.items ?? []);
  const subscription = buildSubscription(ctx, {
    customerId,
    items: requests.flatMap((item) =>
      item.price === undefined ? [] : [{ price: item.price, quantity: item.quantity ?? 1 }],
    ),
    trialEnd: null,
    metadata: {},
    defaultPaymentMethod: null,
  });
  const period = periodOf(subscription);
  const lines = subscription.items.data.map((item) => subscriptionLine(ctx, subscription, item, { period }));
  return rebuilt(ctx, subscription, lines, { reason: "subscription_create", date: ctx.now });
}

function rebuilt(
  ctx: Ctx,
  subscription: Subscription,
  lines: Invoice["lines"]["data"],
  about: { reason: "upcoming" | "subscription_update" | "subscription_create"; date: number },
): Invoice {
  const invoice = buildInvoice(ctx, {
    customer: ctx.store.get("customer", subscription.customer, "customer"),
    subscription,
    lines: lines.map((line) => ({ ...line, discount_amounts: [] })),
    currency: subscription.currency,
    reason: about.reason,
    period: periodOf(subscription),
    finalizesAt: null,
    prorationDate: about.date,
  });
  return { ...invoice, id: invoice.id.replace("in_", "upcoming_in_") };
}
