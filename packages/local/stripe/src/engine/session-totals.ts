import type { Ctx } from "../context.ts";
import type { CheckoutSession, Coupon, LineItem } from "../model/objects.ts";
import { sharesOf } from "./discounts.ts";
import type { SessionExtras } from "./session-extras.ts";
import { trialEndOf } from "./session-extras.ts";

interface Totals {
  lineItems: LineItem[];
  subtotal: number;
  discount: number;
  total: number;
}

/** What is to be paid today: a trial makes recurring items free for now; the session's discounts are taken off. */
export function totalsOf(ctx: Ctx, session: Pick<CheckoutSession, "discounts">, extras: SessionExtras): Totals {
  const isTrial = trialEndOf(extras, ctx.now) !== null;
  const subtotals = extras.lineItems.map((item) =>
    isTrial && item.price.recurring !== null ? 0 : (item.price.unit_amount ?? 0) * (item.quantity ?? 1),
  );
  let left = [...subtotals];
  for (const coupon of couponsOf(ctx, session)) {
    const taken = sharesOf(coupon, left);
    left = left.map((amount, index) => amount - (taken[index] ?? 0));
  }
  const lineItems = extras.lineItems.map((item, index) => {
    const subtotal = subtotals[index] ?? 0;
    const total = left[index] ?? 0;
    return { ...item, amount_discount: subtotal - total, amount_subtotal: subtotal, amount_total: total };
  });
  const subtotal = sum(subtotals);
  const total = sum(left);
  return { lineItems, subtotal, discount: subtotal - total, total };
}

/** The session with totals that fit its line items and discounts. */
export function withTotals(session: CheckoutSession, totals: Totals): CheckoutSession {
  return {
    ...session,
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    total_details: { amount_discount: totals.discount, amount_shipping: 0, amount_tax: 0 },
  };
}

function couponsOf(ctx: Ctx, session: Pick<CheckoutSession, "discounts">): Coupon[] {
  return (session.discounts ?? []).flatMap((entry) => {
    const code = entry.promotion_code === null ? null : ctx.store.find("promotion_code", entry.promotion_code);
    const id = entry.coupon ?? code?.promotion.coupon ?? "";
    const coupon = ctx.store.find("coupon", id);
    return coupon === null ? [] : [coupon];
  });
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
