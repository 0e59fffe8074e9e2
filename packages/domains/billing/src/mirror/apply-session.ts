import type Stripe from "stripe";
import { z } from "zod";
import type { Tx } from "@turnpike/core";
import { findSessionOrganization, updateSession } from "../queries/checkout-sessions.ts";
import type { FollowUps } from "./link-customer.ts";
import { organizationKey, organizationOfCustomer } from "./link-customer.ts";
import { idOf } from "./stripe-values.ts";

/**
 * Writes what became of a checkout session. It links its customer to the organization that our own record or its
 * metadata names. Its `client_reference_id` links nobody: on a payment link the payer writes it.
 * A session without a customer changes no link. Needs the service role.
 * Source: https://docs.stripe.com/payment-links/url-parameters
 */
export async function applySession(tx: Tx, session: Stripe.Checkout.Session, followUps: FollowUps): Promise<void> {
  const customerId = idOf(session.customer);
  if (customerId !== null) {
    const claims = [await findSessionOrganization(tx.db, session.id), session.metadata?.[organizationKey]];
    await organizationOfCustomer(tx, customerId, claims, followUps);
  }
  await updateSession(tx.db, session.id, sessionState(session));
}

const SessionStatus = z.enum(["open", "complete", "expired"]);

/** What of a session changes. A status that we do not know counts as over: nothing is paid on it. */
export function sessionState(session: Stripe.Checkout.Session): {
  status: z.infer<typeof SessionStatus>;
  paymentStatus: string;
  stripeSubscriptionId: string | null;
  url: string | null;
} {
  return {
    status: SessionStatus.safeParse(session.status).data ?? "expired",
    paymentStatus: session.payment_status,
    stripeSubscriptionId: idOf(session.subscription),
    url: session.url,
  };
}
