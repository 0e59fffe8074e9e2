import type { Ctx } from "../context.ts";
import type { InvoiceItem, Subscription, SubscriptionItem } from "../model/billing.ts";
import { pricingOf, productName } from "./invoice-lines.ts";
import { newInvoiceItem } from "./new-invoice-item.ts";

/**
 * Invoice items that credit the unused time of items that changed and bill the remaining time of what they became. Per second,
 * rounded to the smallest unit. When the period restarts only the credit is made: the new period is billed in full. Nothing is stored.
 * Source: docs.stripe.com/billing/subscriptions/prorations.
 */
export function prorations(
  ctx: Ctx,
  before: Subscription,
  items: readonly SubscriptionItem[],
  options: { date: number; restarts: boolean },
): InvoiceItem[] {
  const made = (item: SubscriptionItem, sign: 1 | -1) => proration(ctx, before, item, { date: options.date, sign });
  const changed = before.items.data.flatMap((old) => {
    const fresh = items.find((item) => item.id === old.id);
    if (fresh !== undefined && !differs(old, fresh) && !options.restarts) return [];
    return fresh === undefined || options.restarts ? [made(old, -1)] : [made(old, -1), made(fresh, 1)];
  });
  if (options.restarts) return changed;
  const added = items.filter((fresh) => !before.items.data.some((old) => old.id === fresh.id));
  return [...changed, ...added.map((fresh) => made(fresh, 1))];
}

/** The share of a period's price for the time from `date` to its end, rounded half away from zero. Amounts in the smallest unit. */
export function prorationAmount(fullMinor: number, period: { start: number; end: number }, date: number): number {
  const left = Math.max(Math.min(period.end - date, period.end - period.start), 0);
  return Math.round((fullMinor * left) / Math.max(period.end - period.start, 1));
}

function differs(old: SubscriptionItem, fresh: SubscriptionItem): boolean {
  return old.price.id !== fresh.price.id || (old.quantity ?? 1) !== (fresh.quantity ?? 1);
}

function proration(
  ctx: Ctx,
  subscription: Subscription,
  item: SubscriptionItem,
  { date, sign }: { date: number; sign: 1 | -1 },
): InvoiceItem {
  const quantity = item.quantity ?? 1;
  const period = { start: item.current_period_start, end: item.current_period_end };
  const share = prorationAmount(quantity * (item.price.unit_amount ?? 0), period, date);
  const name = `${quantity > 1 ? `${quantity} × ` : ""}${productName(ctx, item.price)}`;
  const format = { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" } as const;
  const day = new Date(date * 1000).toLocaleDateString("en-GB", format);
  return {
    ...newInvoiceItem(ctx, {
      customer: subscription.customer,
      amount: share === 0 ? 0 : sign * share,
      currency: subscription.currency,
      description: `${sign < 0 ? "Unused time on" : "Remaining time on"} ${name} after ${day}`,
      period: { start: date, end: period.end },
      quantity,
      subscription: { subscription: subscription.id, subscription_item: item.id },
    }),
    discountable: false,
    pricing: pricingOf(item.price),
    proration: true,
  };
}
