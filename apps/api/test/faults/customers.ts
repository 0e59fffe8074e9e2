import type Stripe from "stripe";
import { createTestUser } from "@turnpike/testing";
import type { FaultBed } from "./fault-bed.ts";
import { inParallel } from "./load.ts";

/** A paying customer at Stripe, and the organization that it is with us. */
export interface Customer {
  organizationId: string;
  customerId: string;
  subscriptionId: string;
}

/** Makes paying customers at Stripe, each an organization of its own. Their events are not delivered. */
export async function makeCustomers({ stripe, owner }: FaultBed, count: number): Promise<Customer[]> {
  const product = await stripe.products.create({ name: "Plan" });
  const price = await stripe.prices.create({
    product: product.id,
    currency: "eur",
    unit_amount: 1900,
    recurring: { interval: "month" },
  });
  return inParallel(Array.from({ length: count }), 4, async () => {
    const { organizationId, email } = await createTestUser(owner);
    const metadata = { turnpike_organization_id: organizationId };
    const customer = await stripe.customers.create({ email, metadata });
    const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: card.id,
    });
    return { organizationId, customerId: customer.id, subscriptionId: subscription.id };
  });
}

/** Everything that Stripe has told of so far, oldest first. */
export async function allEvents(stripe: Stripe): Promise<Stripe.Event[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return events.toReversed();
}

/** The same news of a subscription once more, under an id of its own. */
export function newsOf(subscription: Stripe.Subscription, id: string): object {
  return {
    id,
    object: "event",
    type: "customer.subscription.updated",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: subscription },
  };
}

/** What we say of each customer's subscription, in Stripe's words. */
export async function mirrored({ owner }: FaultBed): Promise<Map<string, { status: string; isEnding: boolean }>> {
  const rows = await owner
    .selectFrom("subscriptions")
    .select(["stripe_subscription_id", "status", "cancel_at_period_end", "cancel_at"])
    .execute();
  return new Map(
    rows.map((row) => [
      row.stripe_subscription_id,
      { status: row.status, isEnding: row.cancel_at_period_end || row.cancel_at !== null },
    ]),
  );
}
