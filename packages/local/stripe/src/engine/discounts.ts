import type { Ctx } from "../context.ts";
import type { InvoiceLine } from "../model/billing.ts";
import type { Coupon } from "../model/objects.ts";

interface Discounted {
  lines: InvoiceLine[];
  totals: { amount: number; discount: string }[];
}

/** Takes the running discounts off the lines that can have one, in their order, each from what the one before left. */
export function applyDiscounts(ctx: Ctx, lines: readonly InvoiceLine[], discountIds: readonly string[]): Discounted {
  let current = lines.map((line) => ({ ...line, subtotal: line.amount }));
  const totals: Discounted["totals"] = [];
  for (const id of discountIds) {
    const discount = ctx.store.find("discount", id);
    if (discount === null || (discount.end !== null && discount.end <= ctx.now)) continue;
    const coupon = ctx.store.find("coupon", discount.source.coupon);
    if (coupon === null) continue;
    const taken = sharesOf(
      coupon,
      current.map((line) => (line.discountable ? remaining(line) : 0)),
    );
    current = current.map((line, index) => {
      const amount = taken[index] ?? 0;
      return line.discountable
        ? { ...line, discount_amounts: [...(line.discount_amounts ?? []), { amount, discount: id }] }
        : line;
    });
    totals.push({ amount: taken.reduce((sum, amount) => sum + amount, 0), discount: id });
  }
  return { lines: current, totals };
}

/** What a coupon takes off each amount; never more than the amount, and nothing off a credit. Sums exactly. */
export function sharesOf(coupon: Pick<Coupon, "percent_off" | "amount_off">, amounts: readonly number[]): number[] {
  const positive = amounts.map((amount) => Math.max(amount, 0));
  const total = positive.reduce((sum, amount) => sum + amount, 0);
  const off = Math.min(coupon.amount_off ?? Math.round((total * (coupon.percent_off ?? 0)) / 100), total);
  let left = off;
  return positive.map((amount, index) => {
    const rest = positive.slice(index + 1).every((later) => later === 0);
    const share = rest ? Math.min(left, amount) : Math.min(Math.floor((off * amount) / Math.max(total, 1)), left);
    left -= share;
    return share;
  });
}

function remaining(line: InvoiceLine): number {
  return line.amount - (line.discount_amounts ?? []).reduce((sum, entry) => sum + entry.amount, 0);
}
