import type { Ctx } from "../context.ts";
import { create } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { InvoiceItem, Subscription, SubscriptionItem } from "../model/billing.ts";
import { pricingOf, productName } from "./invoice-lines.ts";

/**
 * Credits the unused time of items that changed and bills the remaining time of what they became, as pending invoice items.
 * Per second, rounded to the smallest unit. When the period restarts only the credit is made: the new period is billed in full.
 * Emits `invoiceitem.created`. Source: docs.stripe.com/billing/subscriptions/prorations.
 */
export function prorate(
  ctx: Ctx,
  before: Subscription,
  items: readonly SubscriptionItem[],
  options: { date: number; restarts: boolean },
): void {
  for (const old of before.items.data) {
    const fresh = items.find((item) => item.id === old.id);
    if (fresh !== undefined && !differs(old, fresh) && !options.restarts) continue;
    addProration(ctx, before, old, options.date, -1);
    if (fresh !== undefined && !options.restarts) addProration(ctx, before, fresh, options.date, 1);
  }
  if (options.restarts) return;
  for (const fresh of items) {
    if (!before.items.data.some((old) => old.id === fresh.id)) addProration(ctx, before, fresh, options.date, 1);
  }
}

/** The share of a period's price for the time from `date` to its end, rounded half away from zero. Amounts in the smallest unit. */
export function prorationAmount(fullMinor: number, period: { start: number; end: number }, date: number): number {
  const left = Math.max(Math.min(period.end - date, period.end - period.start), 0);
  return Math.round((fullMinor * left) / Math.max(period.end - period.start, 1));
}

function differs(old: SubscriptionItem, fresh: SubscriptionItem): boolean {
  return old.price.id !== fresh.price.id || (old.quantity ?? 1) !== (fresh.quantity ?? 1);
}

function addProration(ctx: Ctx, subscription: Subscription, item: SubscriptionItem, date: number, sign: 1 | -1): void {
  const quantity = item.quantity ?? 1;
  const period = { start: item.current_period_start, end: item.current_period_end };
  const share = prorationAmount(quantity * (item.price.unit_amount ?? 0), period, date);
  const name = `${quantity > 1 ? `${quantity} × ` : ""}${productName(ctx, item.price)}`;
  const day = new Date(date * 1000).toLocaleDateString("en-GB", {
    day: "2-digit",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const invoiceItem: InvoiceItem = {
    id: newId("ii"),
    object: "invoiceitem",
    amount: share === 0 ? 0 : sign * share,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_account: null,
    date: ctx.now,
    description: `${sign < 0 ? "Unused time on" : "Remaining time on"} ${name} after ${day}`,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: share === 0 ? 0 : sign * share,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
      type: "subscription_details",
    },
    period: { start: date, end: period.end },
    pricing: pricingOf(item.price),
    proration: true,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: null,
  };
  create(ctx, invoiceItem, "invoiceitem.created");
}
