import type { Ctx } from "../context.ts";
import { create, update } from "../events/record.ts";
import { mergeMetadata } from "../http/params.ts";
import { newId } from "../ids.ts";
import type { Price, Subscription, SubscriptionItem } from "../model/billing.ts";
import { invalidRequest, resourceMissing } from "../stripe-error.ts";
import { checkPrice, cycleOf, newItem, planOf } from "./build-subscription.ts";
import { behaviorOf } from "./cards.ts";
import { subscriptionLine } from "./invoice-lines.ts";
import { cardFor, collectInvoice, finalizeInvoice } from "./invoices.ts";
import { nextPeriodEnd } from "./period.ts";
import { prorations } from "./prorate.ts";
import { buildWithPending, periodOf, withPeriod } from "./renew.ts";

/** One change, its price already looked up. */
export interface ItemRequest {
  id?: string | undefined;
  price?: Price | undefined;
  quantity?: number | undefined;
  metadata?: Record<string, string> | null | undefined;
  deleted?: boolean | undefined;
}

/** How a change of items is billed. `restartsPeriod`: asked for explicitly; a change of interval does it anyway. */
export interface ChangeOptions {
  prorationBehavior: "always_invoice" | "create_prorations" | "none";
  /** Unix seconds up to which the old items count as used. */
  prorationDate: number;
  paymentBehavior: "allow_incomplete" | "default_incomplete" | "error_if_incomplete" | "pending_if_incomplete";
  restartsPeriod: boolean;
}

/**
 * Changes prices and quantities. `always_invoice` bills the difference now, `create_prorations` with the next invoice. Another
 * interval begins a new period and is billed now. Emits `customer.subscription.updated`, then `invoiceitem.*` and `invoice.*`.
 */
export function changeItems(
  ctx: Ctx,
  before: Subscription,
  settings: Subscription,
  requests: readonly ItemRequest[],
  options: ChangeOptions,
): Subscription {
  const data = changedItems(ctx, settings, requests);
  if (options.paymentBehavior === "pending_if_incomplete" && wouldFail(ctx, before)) return holdBack(ctx, before, data);
  const isTrial = settings.status === "trialing";
  const restarts = !isTrial && (options.restartsPeriod || intervalChanged(settings, data));
  const kept: Subscription = { ...settings, items: { ...settings.items, data }, pending_update: null };
  const changed = restarts ? restarted(ctx, kept) : kept;
  const prorates = !isTrial && options.prorationBehavior !== "none";
  const items = prorates ? prorations(ctx, settings, data, { date: options.prorationDate, restarts }) : [];
  const billsNow = restarts || (options.prorationBehavior === "always_invoice" && items.length > 0);
  const invoiceId = newId("in");
  const saved = update(
    ctx,
    before,
    billsNow ? { ...changed, latest_invoice: invoiceId } : changed,
    "customer.subscription.updated",
  );
  for (const item of items) create(ctx, item, "invoiceitem.created");
  return billsNow ? invoiceNow(ctx, saved, { id: invoiceId, restarts, prorationDate: options.prorationDate }) : saved;
}

/** The items after the changes asked for. Nothing is stored. Errors: 404 for an unknown item, prices that do not go together, none left. */
export function changedItems(
  ctx: Ctx,
  subscription: Subscription,
  requests: readonly ItemRequest[],
): SubscriptionItem[] {
  const period = periodOf(subscription);
  let items = [...subscription.items.data];
  for (const [index, request] of requests.entries()) {
    const found = request.id === undefined ? undefined : items.find((item) => item.id === request.id);
    if (request.id !== undefined && found === undefined)
      throw resourceMissing("subscription_item", request.id, `items[${index}][id]`);
    if (found === undefined) {
      if (request.price === undefined)
        throw invalidRequest("Missing required param: items[price].", {
          code: "parameter_missing",
          param: `items[${index}][price]`,
        });
      items.push(
        newItem(
          ctx,
          subscription.id,
          { price: request.price, quantity: request.quantity ?? 1, metadata: mergeMetadata({}, request.metadata) },
          period,
        ),
      );
      continue;
    }
    if (request.deleted === true) items = items.filter((item) => item !== found);
    else items = items.map((item) => (item === found ? changedItem(found, request) : item));
  }
  const [first] = items;
  if (first === undefined)
    throw invalidRequest("A subscription must have at least one active plan.", { param: "items" });
  for (const item of items) if (!subscription.items.data.includes(item)) checkPrice(item.price, first.price);
  return items;
}

function changedItem(item: SubscriptionItem, request: ItemRequest): SubscriptionItem {
  const price = request.price ?? item.price;
  return {
    ...item,
    metadata: mergeMetadata(item.metadata, request.metadata),
    plan: planOf(price),
    price,
    quantity: request.quantity ?? item.quantity ?? 1,
  };
}

/** True when the changed items bill in another rhythm. */
export function intervalChanged(subscription: Subscription, data: readonly SubscriptionItem[]): boolean {
  const [old] = subscription.items.data;
  const [fresh] = data;
  if (old === undefined || fresh === undefined) return false;
  const from = cycleOf(old.price);
  const to = cycleOf(fresh.price);
  return from.interval !== to.interval || from.interval_count !== to.interval_count;
}

/** The subscription with a period that begins now. */
export function restarted(ctx: Ctx, subscription: Subscription): Subscription {
  const [item] = subscription.items.data;
  if (item === undefined) return subscription;
  const period = { start: ctx.now, end: nextPeriodEnd(ctx.now, ctx.now, cycleOf(item.price)) };
  return { ...withPeriod(subscription, period), billing_cycle_anchor: ctx.now };
}

function invoiceNow(
  ctx: Ctx,
  subscription: Subscription,
  options: { id: string; restarts: boolean; prorationDate: number },
): Subscription {
  const period = periodOf(subscription);
  const draft = buildWithPending(ctx, {
    id: options.id,
    subscription,
    lines: options.restarts
      ? subscription.items.data.map((item) => subscriptionLine(ctx, subscription, item, { period }))
      : [],
    reason: "subscription_update",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: ctx.now,
    prorationDate: options.prorationDate,
  });
  create(ctx, draft, "invoice.created");
  collectInvoice(ctx, finalizeInvoice(ctx, draft), "later");
  return ctx.store.get("subscription", subscription.id);
}

function wouldFail(ctx: Ctx, subscription: Subscription): boolean {
  const invoice = subscription.latest_invoice === null ? null : ctx.store.find("invoice", subscription.latest_invoice);
  const card = invoice === null ? null : cardFor(ctx, invoice);
  return card === null || behaviorOf(card).later !== "succeeds";
}

/** `pending_if_incomplete`: the change waits, at most 23 hours, for a payment that did not work. */
function holdBack(ctx: Ctx, before: Subscription, data: SubscriptionItem[]): Subscription {
  const held: Subscription = {
    ...before,
    pending_update: {
      billing_cycle_anchor: null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: ctx.now + 23 * 3600,
      metadata: null,
      subscription_items: data,
      trial_end: null,
      trial_from_plan: null,
    },
  };
  return update(ctx, before, held, "customer.subscription.updated");
}
