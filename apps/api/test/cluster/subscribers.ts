import Stripe from "stripe";
import type { Cluster } from "@turnpike/testing";
import type { Person } from "./people.ts";

/** A customer who has just paid at Stripe; what the platform knows of it comes by webhook. */
export interface Subscriber {
  person: Person;
  subscriptionId: string;
}

/** A client of the cluster's local Stripe. */
export function stripeOf({ stripe }: Cluster): Stripe {
  const { hostname, port } = new URL(stripe.url);
  return new Stripe(stripe.secretKey, { host: hostname, port, protocol: "http" });
}

/** Lets each person subscribe to the demo's plan at Stripe, and waits until every event of it has been delivered. */
export async function subscribe(cluster: Cluster, people: Person[]): Promise<Subscriber[]> {
  const stripe = stripeOf(cluster);
  const { data: prices } = await stripe.prices.list({ lookup_keys: ["starter_monthly"] });
  const subscribers: Subscriber[] = [];
  for (const person of people) {
    const customer = await stripe.customers.create({
      email: person.email,
      metadata: { turnpike_organization_id: person.organizationId },
    });
    const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: prices[0]?.id ?? "" }],
      default_payment_method: method.id,
    });
    subscribers.push({ person, subscriptionId: id });
  }
  await cluster.stripe.deliveriesIdle();
  return subscribers;
}
