import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { CheckoutSession, Coupon, Discount, PromotionCode } from "../model/objects.ts";
import { invalidRequest, resourceMissing } from "../stripe-error.ts";
import { addMonths } from "./period.ts";

/** How a discount is asked for: by coupon or by promotion code, each an id. */
export interface DiscountRequest {
  coupon?: string | null | undefined;
  promotion_code?: string | null | undefined;
}

/** The coupon behind a request, checked to be usable now. Errors: 404, 400 for one that is used up, expired or another customer's. */
export function couponFor(
  ctx: Ctx,
  request: DiscountRequest,
  customerId: string | null,
): { coupon: Coupon; code: PromotionCode | null } {
  if (request.promotion_code) {
    const code = ctx.store.get("promotion_code", request.promotion_code, "discounts[0][promotion_code]");
    return { coupon: checkCode(ctx, code, customerId), code };
  }
  const coupon = ctx.store.find("coupon", request.coupon ?? "");
  if (coupon === null) throw resourceMissing("coupon", request.coupon ?? "", "discounts[0][coupon]");
  return { coupon: checkCoupon(ctx, coupon), code: null };
}

/** The active promotion code that a person typed (case does not matter), or null. */
export function findPromotionCode(ctx: Ctx, typed: string): PromotionCode | null {
  const wanted = typed.trim().toLowerCase();
  return ctx.store.all("promotion_code", { active: true }).find((code) => code.code.toLowerCase() === wanted) ?? null;
}

/** Redeems a discount for a subscription: counts it and stores it. The `customer.discount.created` event is the caller's to time. */
export function redeem(
  ctx: Ctx,
  request: DiscountRequest,
  owner: { customer: string; subscription: string; session: CheckoutSession | null },
): Discount {
  const { coupon, code } = couponFor(ctx, request, owner.customer);
  const discount: Discount = {
    id: newId("di"),
    object: "discount",
    checkout_session: owner.session?.id ?? null,
    customer: owner.customer,
    customer_account: null,
    end: endOf(ctx, coupon),
    invoice: null,
    invoice_item: null,
    promotion_code: code?.id ?? null,
    source: { coupon: coupon.id, type: "coupon" },
    start: ctx.now,
    subscription: owner.subscription,
    subscription_item: null,
  };
  ctx.store.put(discount, ctx.now);
  const used = coupon.times_redeemed + 1;
  const valid = coupon.max_redemptions === null || used < coupon.max_redemptions;
  update(ctx, coupon, { ...coupon, times_redeemed: used, valid }, "coupon.updated");
  if (code !== null) update(ctx, code, { ...code, times_redeemed: code.times_redeemed + 1 }, "promotion_code.updated");
  return discount;
}

/** Emits `customer.discount.created` for each. */
export function announceDiscounts(ctx: Ctx, discounts: readonly Discount[]): void {
  for (const discount of discounts) emit(ctx, "customer.discount.created", discount);
}

function endOf(ctx: Ctx, coupon: Coupon): number | null {
  // "once" covers the first invoice: it is over before the next period can begin.
  if (coupon.duration === "once") return ctx.now + 1;
  return coupon.duration === "repeating" ? addMonths(ctx.now, coupon.duration_in_months ?? 1) : null;
}

function checkCode(ctx: Ctx, code: PromotionCode, customerId: string | null): Coupon {
  const expired = code.expires_at !== null && code.expires_at <= ctx.now;
  const usedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  const foreign = code.customer !== null && code.customer !== customerId;
  if (!code.active || expired || usedUp || foreign) {
    throw invalidRequest(
      "This promotion code cannot be redeemed because it is no longer active, used up or not yours.",
      {
        code: "promotion_code_invalid",
        param: "discounts[0][promotion_code]",
      },
    );
  }
  return checkCoupon(ctx, ctx.store.get("coupon", code.promotion.coupon));
}

function checkCoupon(ctx: Ctx, coupon: Coupon): Coupon {
  const expired = coupon.redeem_by !== null && coupon.redeem_by <= ctx.now;
  if (coupon.valid && !expired) return coupon;
  throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: "coupon_expired", param: "discounts[0][coupon]" });
}
