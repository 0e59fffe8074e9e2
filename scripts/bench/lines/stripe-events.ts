import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import { createStripeClient } from "@turnpike/api";
import type { Bed } from "../bed/open-bed.ts";
import type { Call } from "../measure/load.ts";

/** Where events come from. */
export interface EventSource {
  /** Makes signed deliveries to a path, each of an event that was never sent before. */
  deliveries(path: string, count: number): Call[];
  /** How many were made for a path. */
  countOf(path: string): number;
}

const objectTypes = ["customer.created", "customer.subscription.created"];

/**
 * Makes customers with a subscription on trial at the local Stripe, each of an organization here, and answers a source of
 * events about them in turn: an update of the customer, an update of the subscription. The objects are Stripe's own.
 */
export async function eventSource(bed: Bed): Promise<EventSource> {
  const { env } = bed;
  const stripe = createStripeClient({
    STRIPE_SECRET_KEY: env["STRIPE_SECRET_KEY"] ?? "",
    STRIPE_API_BASE: env["STRIPE_API_BASE"],
  });
  const { data: prices } = await stripe.prices.list({ lookup_keys: ["pro_monthly"] });
  for (const { organizationId } of await bed.members()) {
    const metadata = { turnpike_organization_id: organizationId };
    const customer = await stripe.customers.create({ email: "payer@example.test", name: "Payer", metadata });
    await stripe.subscriptions.create({
      customer: customer.id,
      items: prices.map(({ id }) => ({ price: id })),
      trial_period_days: 30,
      metadata,
    });
  }
  const created = await stripe.events.list({ types: objectTypes, limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return sourceOf(created.toReversed(), env["STRIPE_WEBHOOK_SECRET"] ?? "");
}

function sourceOf(templates: readonly Stripe.Event[], secret: string): EventSource {
  const firstAt = Math.floor(Date.now() / 1000) - 10_000_000;
  // An id that an earlier line has sent would be answered from memory.
  const run = randomBytes(6).toString("hex");
  let made = 0;
  const next = (): string => {
    const template = templates[made % templates.length];
    // An event that is no newer than the last about its object is nothing to who trusts the payload.
    const created = firstAt + Math.floor(made / templates.length);
    const id = `evt_${run}${String(made).padStart(10, "0")}`;
    const type = template?.type.replace(/created$/, "updated");
    made += 1;
    return JSON.stringify({ ...template, id, type, created }, null, 2);
  };
  const counts = new Map<string, number>();
  const sign = (payload: string) => Stripe.webhooks.generateTestHeaderString({ payload, secret });
  return {
    countOf: (path) => counts.get(path) ?? 0,
    deliveries(path, count) {
      counts.set(path, (counts.get(path) ?? 0) + count);
      return Array.from({ length: count }, next).map((body) => ({
        method: "POST",
        path,
        body,
        headers: { "content-type": "application/json", "stripe-signature": sign(body) },
      }));
    },
  };
}
