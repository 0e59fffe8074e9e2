import { z } from "zod";
import type { Tx } from "@turnpike/core";
import { linkCustomer, lockCustomer, organizationExists } from "../queries/customers.ts";

/** Metadata of customers, sessions and subscriptions that names their organization. Only who holds our key writes metadata. */
export const organizationKey = "turnpike_organization_id";
/** Metadata that names the person who started the checkout. */
export const userKey = "turnpike_user_id";

/** What the mirror leaves to later, in the same transaction; given in, since these jobs themselves mirror. */
export interface FollowUps {
  /** Reads everything of a newly linked customer back: what came before the link was skipped. */
  syncCustomer(tx: Tx, organizationId: string): Promise<void>;
  /** Links items to a price that was not in the catalogue, should it have come in at the same time. */
  linkPrice(tx: Tx, stripePriceId: string): Promise<void>;
}

/**
 * The organization of a customer, its row locked. A customer that nobody knows is linked to the organization that it
 * names by what no payer can write (`claims`, in order of trust), if that one exists and has no other; never to a guess.
 * Null: not linked; what belongs to it is read again when the link appears.
 */
export async function organizationOfCustomer(
  tx: Tx,
  stripeCustomerId: string,
  claims: (string | null | undefined)[],
  followUps: FollowUps,
): Promise<string | null> {
  const known = await lockCustomer(tx.db, stripeCustomerId);
  if (known) return known.organizationId;
  for (const claim of claims) {
    const organizationId = z.uuid().safeParse(claim).data;
    if (organizationId === undefined || !(await organizationExists(tx.db, organizationId))) continue;
    if (!(await linkCustomer(tx.db, organizationId, stripeCustomerId))) continue;
    tx.log.info("billing.customer_linked", { organizationId, stripeCustomerId });
    await followUps.syncCustomer(tx, organizationId);
    return organizationId;
  }
  tx.log.warn("billing.unknown_customer", { stripeCustomerId });
  return null;
}
