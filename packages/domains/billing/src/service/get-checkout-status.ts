import type Stripe from "stripe";
import type { OrganizationCtx } from "@turnpike/core";
import { findAtStripe } from "@turnpike/products";
import { errors } from "../errors.ts";
import { sessionState } from "../mirror/apply-session.ts";
import type { CheckoutStatus, SessionId } from "../models.ts";
import { findSession, updateSession } from "../queries/checkout-sessions.ts";
import { syncSubscription } from "./sync-subscription.ts";

/**
 * What became of a checkout, as Stripe says it now. A subscription that it has made is mirrored on the way, so that
 * whoever returns from the payment is let in even if no webhook ever comes.
 * Errors: billing.session_not_found, core.unavailable.
 */
export async function getCheckoutStatus(ctx: OrganizationCtx, input: SessionId): Promise<CheckoutStatus> {
  const { sessionId } = input;
  const known = await ctx.tx((tx) => findSession(tx.db, ctx.organization.id, sessionId));
  if (!known) throw errors.session_not_found({ sessionId });
  const session = await findAtStripe<Stripe.Checkout.Session>(ctx.stripe.checkout.sessions.retrieve(sessionId));
  if (!session) throw errors.session_not_found({ sessionId, at: "stripe" });
  const state = sessionState(session);
  const { stripeSubscriptionId } = state;
  const subscriptionId = stripeSubscriptionId === null ? null : await syncSubscription(ctx, stripeSubscriptionId);
  await ctx.system("keep a checkout").tx((tx) => updateSession(tx.db, sessionId, state));
  return { sessionId, status: state.status, paymentStatus: state.paymentStatus, subscriptionId };
}
