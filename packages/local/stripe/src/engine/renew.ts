import type { Ctx } from "../context.ts";
import { create, emit, update } from "../events/record.ts";
import type { Invoice, InvoiceLine, Subscription } from "../model/billing.ts";
import { buildInvoice, type InvoiceRequest } from "./build-invoice.ts";
import { cycleOf } from "./build-subscription.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { invoiceItemLine, subscriptionLine } from "./invoice-lines.ts";
import { nextPeriodEnd } from "./period.ts";

/** The period of a subscription: that of its first item. */
export function periodOf(subscription: Subscription): { start: number; end: number } {
  const [item] = subscription.items.data;
  return {
    start: item?.current_period_start ?? subscription.created,
    end: item?.current_period_end ?? subscription.created,
  };
}

/** The same subscription with all items moved to `period`. */
export function withPeriod(subscription: Subscription, period: { start: number; end: number }): Subscription {
  const data = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: period.start,
    current_period_end: period.end,
  }));
  return { ...subscription, items: { ...subscription.items, data } };
}

/** The period after the current one. */
export function followingPeriod(subscription: Subscription): { start: number; end: number } {
  const { end } = periodOf(subscription);
  const [item] = subscription.items.data;
  if (item === undefined) return { start: end, end };
  return { start: end, end: nextPeriodEnd(subscription.billing_cycle_anchor, end, cycleOf(item.price)) };
}

/**
 * A period ends: the next one begins with a draft invoice that is finalized later. A trial that ends becomes active,
 * or, without a card, what its settings say. `subscription`: `before` with what else changes at this moment. Emits `customer.subscription.updated`, `invoice.created`.
 */
export function renewSubscription(ctx: Ctx, before: Subscription, subscription = before): void {
  if (subscription.status === "trialing" && !hasCard(ctx, subscription) && endTrialWithoutCard(ctx, subscription))
    return;
  const ended = periodOf(subscription);
  const discounts = dropOverDiscounts(ctx, subscription);
  const renewed = withPeriod({ ...subscription, discounts }, followingPeriod(subscription));
  const status = subscription.status === "trialing" ? "active" : subscription.status;
  const invoice = draftCycleInvoice(ctx, { ...renewed, status }, ended);
  update(ctx, before, { ...renewed, status, latest_invoice: invoice.id }, "customer.subscription.updated");
  create(ctx, invoice, "invoice.created");
}

/** The discounts that still run; the others are over. Emits `customer.discount.deleted` for those. */
function dropOverDiscounts(ctx: Ctx, subscription: Subscription): string[] {
  return subscription.discounts.filter((id) => {
    const discount = ctx.store.find("discount", id);
    const isOver = discount === null || (discount.end !== null && discount.end <= ctx.now);
    if (isOver && discount !== null) emit(ctx, "customer.discount.deleted", discount);
    return !isOver;
  });
}

/** The lines of a cycle: each item's next period, and what is pending for the subscription. Takes the pending items up. */
export function cycleLines(ctx: Ctx, subscription: Subscription): InvoiceLine[] {
  const period = periodOf(subscription);
  return subscription.items.data.map((item) => subscriptionLine(ctx, subscription, item, { period }));
}

/** Pending invoice items of the subscription as lines; with `invoiceId` they are marked as billed by it. */
export function pendingLines(ctx: Ctx, subscription: Subscription, invoiceId?: string): InvoiceLine[] {
  const pending = ctx.store
    .all("invoiceitem", { customer: subscription.customer, invoice: null })
    .filter((item) => item.parent?.subscription_details?.subscription === subscription.id || item.parent === null)
    .toReversed();
  return pending.map((item) => {
    if (invoiceId !== undefined) ctx.store.put({ ...item, invoice: invoiceId }, ctx.now);
    const priceId = item.pricing?.price_details.price;
    return invoiceItemLine(item, priceId === undefined ? null : ctx.store.find("price", priceId));
  });
}

/** Builds an invoice for a subscription and takes up what is pending for it. */
export function buildWithPending(
  ctx: Ctx,
  request: Omit<InvoiceRequest, "customer" | "currency"> & { subscription: Subscription },
): Invoice {
  const { subscription } = request;
  const customer = ctx.store.get("customer", subscription.customer);
  const lines = [...pendingLines(ctx, subscription), ...request.lines];
  const invoice = buildInvoice(ctx, { ...request, lines, customer, currency: subscription.currency });
  pendingLines(ctx, subscription, invoice.id);
  return invoice;
}

function draftCycleInvoice(ctx: Ctx, subscription: Subscription, ended: { start: number; end: number }): Invoice {
  const held = subscription.status === "unpaid" || subscription.pause_collection?.behavior === "keep_as_draft";
  return buildWithPending(ctx, {
    subscription,
    lines: cycleLines(ctx, subscription),
    reason: "subscription_cycle",
    period: ended,
    finalizesAt: held ? null : ctx.now + ctx.settings.draftSec,
  });
}

function hasCard(ctx: Ctx, subscription: Subscription): boolean {
  if (subscription.default_payment_method !== null) return true;
  const customer = ctx.store.find("customer", subscription.customer);
  return customer !== null && customer.invoice_settings.default_payment_method !== null;
}

/** True when the subscription stopped here; false when it goes on and will be past due. */
function endTrialWithoutCard(ctx: Ctx, subscription: Subscription): boolean {
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (behavior === "cancel") {
    cancelSubscription(ctx, subscription, { reason: "cancellation_requested" });
    return true;
  }
  if (behavior !== "pause") return false;
  const paused = update(ctx, subscription, { ...subscription, status: "paused" }, "customer.subscription.updated");
  emit(ctx, "customer.subscription.paused", paused);
  return true;
}
