import Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import type { PriceWithProduct } from "@turnpike/products";
import { askStripe, findAtStripe, listPricesOf } from "@turnpike/products";
import { sessionState } from "../mirror/apply-session.ts";
import { idOf } from "../mirror/stripe-values.ts";
import { listOpenSessions, updateSession } from "../queries/checkout-sessions.ts";
import { syncSubscription } from "./sync-subscription.ts";

const reason = "settle open checkouts";

/**
 * Looks at Stripe what became of the checkouts that were open for this price's product, and of those with a trial when
 * this price has one too: one that means the same is given back, others that are still open are expired, and a
 * subscription that one has made is mirrored at once. `justMade` need not be read again.
 * Errors: core.unavailable.
 */
export async function settleOpenSessions(
  ctx: OrganizationCtx,
  price: PriceWithProduct,
  isSame: (session: Stripe.Checkout.Session) => boolean,
  justMade?: Stripe.Checkout.Session,
): Promise<Stripe.Checkout.Session | null> {
  const open = await ctx.system(reason).tx(async (tx) => {
    const prices = await listPricesOf(tx.db, [price.productId], false);
    const priceIds = prices.map(({ id }) => id);
    return listOpenSessions(tx.db, ctx.organization.id, { priceIds, withTrials: price.trialDays !== null });
  });
  let reusable: Stripe.Checkout.Session | null = null;
  for (const { stripeSessionId } of open) {
    const session = stripeSessionId === justMade?.id ? justMade : await readSession(ctx, stripeSessionId);
    if (session?.status === "open" && reusable === null && isSame(session)) reusable = session;
    else await settle(ctx, stripeSessionId, session);
  }
  return reusable;
}

function readSession(ctx: OrganizationCtx, id: string): Promise<Stripe.Checkout.Session | null> {
  return findAtStripe<Stripe.Checkout.Session>(ctx.stripe.checkout.sessions.retrieve(id));
}

async function settle(
  ctx: OrganizationCtx,
  stripeSessionId: string,
  session: Stripe.Checkout.Session | null,
): Promise<void> {
  const settled = session?.status === "open" ? await expire(ctx, session) : session;
  const subscription = idOf(settled?.subscription);
  if (subscription !== null) await syncSubscription(ctx, subscription);
  const gone = { status: "expired", paymentStatus: null, stripeSubscriptionId: null, url: null };
  await ctx.system(reason).tx((tx) => updateSession(tx.db, stripeSessionId, settled ? sessionState(settled) : gone));
}

/** Expires a session; one that was paid or expired just then is given back as it is now. Errors: core.unavailable. */
async function expire(ctx: OrganizationCtx, session: Stripe.Checkout.Session): Promise<Stripe.Checkout.Session | null> {
  try {
    return await askStripe(ctx.stripe.checkout.sessions.expire(session.id));
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    return readSession(ctx, session.id);
  }
}
