import type { Ctx } from "../context.ts";
import { couponFor } from "../engine/promotion.ts";
import type { SessionExtras } from "../engine/session-extras.ts";
import { totalsOf, withTotals } from "../engine/session-totals.ts";
import { mergeMetadata } from "../http/params.ts";
import type { CheckoutSession, LineItem } from "../model/objects.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import { blankSession, longestSec } from "./blank-session.ts";
import type { SessionCreate } from "./checkout-params.ts";
import { lineItemsOf } from "./session-line-items.ts";

const shortestSec = 30 * 60;

/** Makes an open session whose page is at `url`. Emits nothing, as at Stripe. Errors: parameters that contradict each other. */
export function createSession(ctx: Ctx, params: SessionCreate): CheckoutSession {
  checkTogether(ctx, params);
  const lineItems = params.mode === "setup" ? [] : lineItemsOf(ctx, params);
  const extras = extrasFrom(params, lineItems);
  const discounts = (params.discounts ?? []).map((request) => {
    couponFor(ctx, request, params.customer ?? null);
    return { coupon: request.coupon ?? null, promotion_code: request.promotion_code ?? null };
  });
  const blank = blankSession(ctx, params, lineItems[0]?.currency ?? null);
  const session = { ...blank, discounts: params.mode === "setup" ? null : discounts };
  const priced = params.mode === "setup" ? session : withTotals(session, totalsOf(ctx, session, extras));
  ctx.store.put(priced, ctx.now, extras);
  return priced;
}

function checkTogether(ctx: Ctx, params: SessionCreate): void {
  if (params.success_url === undefined) throw parameterMissing("success_url");
  if (params.mode !== "setup" && (params.line_items ?? []).length === 0) throw parameterMissing("line_items");
  if (params.customer !== undefined) {
    ctx.store.get("customer", params.customer, "customer");
    onlyOne(params.customer_email, "customer, customer_email");
  }
  if (params.discounts !== undefined) onlyOne(params.allow_promotion_codes, "allow_promotion_codes, discounts");
  if (params.subscription_data?.trial_end !== undefined) {
    onlyOne(
      params.subscription_data.trial_period_days,
      "subscription_data[trial_end], subscription_data[trial_period_days]",
    );
    if (params.subscription_data.trial_end < ctx.now + 48 * 3600) {
      throw invalidRequest("The `trial_end` date has to be at least 2 days in the future.", {
        param: "subscription_data[trial_end]",
      });
    }
  }
  if (params.subscription_data !== undefined && params.mode !== "subscription") {
    throw invalidRequest("You can not pass `subscription_data` in this mode.", { param: "subscription_data" });
  }
  const expiresAt = params.expires_at ?? ctx.now + longestSec;
  if (expiresAt < ctx.now + shortestSec || expiresAt > ctx.now + longestSec) {
    throw invalidRequest(
      "The `expires_at` timestamp must be between 30 minutes and 24 hours after Checkout Session creation.",
      { param: "expires_at" },
    );
  }
}

function onlyOne(other: unknown, names: string): void {
  if (other !== undefined) throw invalidRequest(`You may only specify one of these parameters: ${names}.`);
}

function extrasFrom(params: SessionCreate, lineItems: LineItem[]): SessionExtras {
  const { subscription_data: subscription, payment_intent_data: payment, setup_intent_data: setup } = params;
  return {
    lineItems,
    subscription: {
      metadata: mergeMetadata({}, subscription?.metadata),
      description: subscription?.description ?? null,
      trialDays: subscription?.trial_period_days ?? null,
      trialEnd: subscription?.trial_end ?? null,
      missingPaymentMethod: subscription?.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice",
    },
    payment: {
      metadata: mergeMetadata({}, payment?.metadata),
      description: payment?.description ?? null,
      setupFutureUsage: payment?.setup_future_usage ?? null,
    },
    setup: { metadata: mergeMetadata({}, setup?.metadata), description: setup?.description ?? null },
    pending: null,
  };
}
