import { createHash } from "node:crypto";
import Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { PriceWithProduct } from "@turnpike/products";
import { errors } from "../errors.ts";
import { sessionState } from "../mirror/apply-session.ts";
import { organizationKey, userKey } from "../mirror/link-customer.ts";
import { dateOf } from "../mirror/stripe-values.ts";
import type { StartCheckout, StartedCheckout } from "../models.ts";
import { findLastSessionId, insertSession } from "../queries/checkout-sessions.ts";
import { singleFlight } from "../single-flight.ts";
import { actingUserId, requireBillingRights } from "./billing-rights.ts";
import { withCustomer } from "./ensure-customer.ts";
import { findPrice, requireNoSubscription } from "./offer.ts";
import { settleOpenSessions } from "./open-sessions.ts";
import { findPromotionCode } from "./promotion-code.ts";
import { requireReturnUrls } from "./return-urls.ts";
import { trialDaysFor } from "./trial.ts";

const createOnce = singleFlight<Stripe.Checkout.Session>();

/** Metadata of a session that tells whether another start means the same. */
const intentKey = "turnpike_intent";

/**
 * Starts a checkout for a plan. The same start again, also at the same time, gives the same session; another one for
 * the same product takes the place of the first, so that nobody pays twice.
 * Errors: billing.not_allowed, billing.price_not_found, billing.price_not_recurring, billing.already_subscribed,
 * billing.refused_by_stripe, core.invalid_input (return URLs, promotion code), core.unavailable.
 */
export async function startCheckout(ctx: OrganizationCtx, input: StartCheckout): Promise<StartedCheckout> {
  requireBillingRights(ctx);
  requireReturnUrls(ctx.config, { successUrl: input.successUrl, cancelUrl: input.cancelUrl });
  const price = await findPrice(ctx, input);
  const intent = intentOf(input, price);
  // Read before the open ones are: a checkout that appears in between is then found, or made under the same key.
  const last = await ctx.system("number the checkouts").tx((tx) => findLastSessionId(tx.db, ctx.organization.id));
  const isSame = (session: Stripe.Checkout.Session) => session.metadata?.[intentKey] === intent;
  const reusable = await settleOpenSessions(ctx, price, isSame);
  await requireNoSubscription(ctx, price);
  if (reusable?.url) return { url: reusable.url, sessionId: reusable.id };
  const trialDays = await trialDaysFor(ctx, price);
  const promotionCode = input.promotionCode === undefined ? null : await findPromotionCode(ctx, input.promotionCode);
  const session = await withCustomer(ctx, (customer) => {
    const params = paramsOf(ctx, { input, price, intent, trialDays, promotionCode, customer });
    // Whoever means the same after the same last checkout gets the same session from Stripe.
    const idempotencyKey = hash(["checkout", params, last]);
    return createOnce(idempotencyKey, () => ctx.stripe.checkout.sessions.create(params, { idempotencyKey }));
  }).catch(throwRefusal);
  await keep(ctx, session, { priceId: price.id, quantity: input.quantity, trialDays });
  // Somebody else of the organization may have started meanwhile: both find both, and both keep the older one.
  const kept = (await settleOpenSessions(ctx, price, isSame, session)) ?? session;
  return { url: kept.url ?? "", sessionId: kept.id };
}

/** The catalogue here may lag behind Stripe, and a code may not be for everybody: that is no fault of ours. */
function throwRefusal(error: unknown): never {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
  throw errors.refused_by_stripe({ code: error.code, param: error.param }, { cause: error });
}

interface Checkout {
  input: StartCheckout;
  price: PriceWithProduct;
  intent: string;
  trialDays: number | null;
  promotionCode: string | null;
  customer: string;
}

function paramsOf(ctx: OrganizationCtx, checkout: Checkout): Stripe.Checkout.SessionCreateParams {
  const { input, price, intent, trialDays, promotionCode, customer } = checkout;
  const userId = actingUserId(ctx);
  const metadata = {
    [organizationKey]: ctx.organization.id,
    ...(userId !== null && { [userKey]: userId }),
  };
  return {
    mode: "subscription",
    customer,
    client_reference_id: ctx.organization.id,
    line_items: [{ price: price.stripePriceId, quantity: input.quantity }],
    success_url: input.successUrl,
    cancel_url: input.cancelUrl,
    metadata: { ...metadata, [intentKey]: intent },
    subscription_data: { metadata, ...(trialDays !== null && { trial_period_days: trialDays }) },
    ...(promotionCode === null ? { allow_promotion_codes: true } : { discounts: [{ promotion_code: promotionCode }] }),
  };
}

async function keep(
  ctx: OrganizationCtx,
  session: Stripe.Checkout.Session,
  bought: { priceId: string; quantity: number; trialDays: number | null },
): Promise<void> {
  await ctx.system("keep a checkout").tx((tx) =>
    insertSession(tx.db, {
      id: newId(),
      organizationId: ctx.organization.id,
      stripeSessionId: session.id,
      createdBy: actingUserId(ctx),
      expiresAt: dateOf(session.expires_at),
      ...bought,
      ...sessionState(session),
    }),
  );
}

function intentOf(input: StartCheckout, price: PriceWithProduct): string {
  return hash([price.stripePriceId, input.quantity, input.promotionCode ?? null, input.successUrl, input.cancelUrl]);
}

function hash(parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
