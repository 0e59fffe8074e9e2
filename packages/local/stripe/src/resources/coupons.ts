import { z } from "zod";
import type { Ctx } from "../context.ts";
import { create, emit, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import {
  amount,
  created,
  currency,
  emptyable,
  flag,
  integer,
  mergeMetadata,
  metadata,
  paging,
  text,
  timestamp,
} from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { newId, randomText } from "../ids.ts";
import type { Coupon, PromotionCode } from "../model/objects.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";

const percent = z
  .string()
  .refine((raw) => /^\d{1,3}(\.\d{1,2})?$/.test(raw) && Number(raw) > 0 && Number(raw) <= 100, {
    message: "percent_off must be above 0 and at most 100, with at most two decimals.",
  })
  .transform(Number);
const CouponCreate = z.strictObject({
  id: text(200).optional(),
  amount_off: amount(1).optional(),
  currency: currency().optional(),
  duration: z.enum(["forever", "once", "repeating"]).optional(),
  duration_in_months: integer(1, 120).optional(),
  max_redemptions: integer(1).optional(),
  metadata: metadata().optional(),
  name: text(40).optional(),
  percent_off: percent.optional(),
  redeem_by: timestamp().optional(),
});
const CodeCreate = z.strictObject({
  promotion: z.strictObject({ type: z.enum(["coupon"]), coupon: text() }),
  active: flag().optional(),
  code: text(500)
    .regex(/^[A-Za-z0-9-]+$/, { message: "Promotion codes may only contain letters, digits and hyphens." })
    .optional(),
  customer: text().optional(),
  expires_at: timestamp().optional(),
  max_redemptions: integer(1).optional(),
  metadata: metadata().optional(),
});
const CodeList = z.strictObject({
  ...paging,
  active: flag().optional(),
  code: text().optional(),
  coupon: text().optional(),
  created: created(),
  customer: text().optional(),
});

/** Coupons and promotion codes: create, read, change, list; coupons can be deleted. */
export const couponRoutes: Route[] = [
  route("POST", "/v1/coupons", CouponCreate, createCoupon),
  route("GET", "/v1/coupons/:id", noParams, (ctx, _params, id) => ctx.store.get("coupon", id)),
  route(
    "POST",
    "/v1/coupons/:id",
    z.strictObject({ metadata: metadata().optional(), name: emptyable(text(40)).optional() }),
    (ctx, params, id) => {
      const before = ctx.store.get("coupon", id);
      const after: Coupon = { ...before, metadata: mergeMetadata(before.metadata ?? {}, params.metadata) };
      if (params.name !== undefined) after.name = params.name;
      return update(ctx, before, after, "coupon.updated");
    },
  ),
  route("DELETE", "/v1/coupons/:id", noParams, (ctx, _params, id) => {
    const coupon = ctx.store.get("coupon", id);
    const tombstone = ctx.store.bury("coupon", id);
    emit(ctx, "coupon.deleted", coupon);
    return tombstone;
  }),
  route("GET", "/v1/coupons", z.strictObject({ ...paging, created: created() }), (ctx, params) =>
    listObjects(ctx, "coupon", {}, { paging: params, created: params.created, url: "/v1/coupons" }),
  ),
  route("POST", "/v1/promotion_codes", CodeCreate, createCode),
  route("GET", "/v1/promotion_codes/:id", noParams, (ctx, _params, id) => ctx.store.get("promotion_code", id)),
  route(
    "POST",
    "/v1/promotion_codes/:id",
    z.strictObject({ active: flag().optional(), metadata: metadata().optional() }),
    (ctx, params, id) => {
      const before = ctx.store.get("promotion_code", id);
      const after = {
        ...before,
        active: params.active ?? before.active,
        metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
      };
      return update(ctx, before, after, "promotion_code.updated");
    },
  ),
  route("GET", "/v1/promotion_codes", CodeList, (ctx, params) =>
    listObjects(
      ctx,
      "promotion_code",
      { active: params.active, code: params.code, customer: params.customer, "promotion.coupon": params.coupon },
      { paging: params, created: params.created, url: "/v1/promotion_codes" },
    ),
  ),
];

/** Errors: neither or both of percent and amount, an amount without currency, `repeating` without months, a taken id. */
function createCoupon(ctx: Ctx, params: z.output<typeof CouponCreate>): Coupon {
  if ((params.percent_off === undefined) === (params.amount_off === undefined)) {
    throw invalidRequest("You must pass exactly one of these parameters: percent_off, amount_off.");
  }
  if (params.amount_off !== undefined && params.currency === undefined) throw parameterMissing("currency");
  if (params.duration === "repeating" && params.duration_in_months === undefined)
    throw parameterMissing("duration_in_months");
  if (params.id !== undefined && ctx.store.findAny(params.id) !== null) {
    throw invalidRequest("Coupon already exists.", { code: "resource_already_exists", param: "id" });
  }
  const coupon: Coupon = {
    id: params.id ?? randomText(8),
    object: "coupon",
    amount_off: params.amount_off ?? null,
    created: ctx.now,
    currency: params.amount_off === undefined ? null : (params.currency ?? null),
    duration: params.duration ?? "once",
    duration_in_months: params.duration === "repeating" ? (params.duration_in_months ?? null) : null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  };
  create(ctx, coupon, "coupon.created");
  return coupon;
}

function createCode(ctx: Ctx, params: z.output<typeof CodeCreate>): PromotionCode {
  const coupon = ctx.store.get("coupon", params.promotion.coupon, "promotion[coupon]");
  const code = params.code ?? randomText(8).toUpperCase();
  if (
    ctx.store.all("promotion_code", { active: true }).some((other) => other.code.toLowerCase() === code.toLowerCase())
  ) {
    throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, { param: "code" });
  }
  if (params.customer !== undefined) ctx.store.get("customer", params.customer, "customer");
  const promotionCode: PromotionCode = {
    id: newId("promo"),
    object: "promotion_code",
    active: params.active ?? true,
    code,
    created: ctx.now,
    customer: params.customer ?? null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { coupon: coupon.id, type: "coupon" },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  };
  create(ctx, promotionCode, "promotion_code.created");
  return promotionCode;
}
