import type Stripe from "stripe";
import type { Ctx, Tx } from "@turnpike/core";
import { askStripe, isMissing } from "@turnpike/products";
import { events } from "../events.ts";
import { lockCustomer, markCustomerDeleted } from "../queries/customers.ts";
import { endSubscription, lockRunningSubscriptions } from "../queries/subscriptions.ts";
import { withAccessDiff } from "./access-diff.ts";
import type { ApplyOptions } from "./apply-subscription.ts";
import { organizationKey, organizationOfCustomer } from "./link-customer.ts";

/** A customer as Stripe has it; deleted ones stay readable there. Null: never heard of. Errors: core.unavailable. */
export async function readCustomer(ctx: Ctx, id: string): Promise<Stripe.Customer | Stripe.DeletedCustomer | null> {
  try {
    return await askStripe(ctx.stripe.customers.retrieve(id));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Links a customer that names its organization, or marks a deleted one: Stripe has then ended its subscriptions, so
 * they end here too, without waiting for the event of each. Needs the service role.
 */
export async function applyCustomer(
  tx: Tx,
  customer: Stripe.Customer | Stripe.DeletedCustomer,
  options: ApplyOptions,
): Promise<void> {
  if (!customer.deleted) {
    await organizationOfCustomer(tx, customer.id, [customer.metadata[organizationKey]], options.followUps);
    return;
  }
  const known = await lockCustomer(tx.db, customer.id);
  if (!known || known.deletedAt !== null) return;
  const { organizationId } = known;
  // Before the organization, as everybody who writes a subscription locks them.
  const running = await lockRunningSubscriptions(tx.db, customer.id);
  await withAccessDiff(tx, organizationId, options.stripeEventId, async () => {
    await markCustomerDeleted(tx.db, customer.id, tx.now());
    await tx.emit(events.customer_deleted, { organizationId, stripeCustomerId: customer.id });
    for (const subscription of running) {
      await endSubscription(tx.db, subscription.id, "canceled", tx.now());
      await tx.emit(events.subscription_canceled, {
        organizationId,
        subscriptionId: subscription.id,
        stripeSubscriptionId: subscription.stripeSubscriptionId,
        status: "canceled",
        previousStatus: subscription.status,
        stripeEventId: options.stripeEventId,
      });
    }
  });
}
