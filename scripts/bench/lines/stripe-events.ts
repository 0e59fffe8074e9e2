import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import { createStripeClient } from "@turnpike/api";
import type { Bed } from "../bed/open-bed.ts";
import type { Call } from "../measure/load.ts";

/** One who is sent events, each of which nobody was sent before. */
export interface Receiver {
  /** Makes signed deliveries. */
  deliveries: (count: number) => Call[];
  /** How many were made. */
  count: () => number;
  /** By an object's id: `metadata.delivery` of the newest event about it. */
  newest: ReadonlyMap<string, string>;
}

/** Where events come from. */
export interface EventSource {
  /** How many events bring one about each object: two for each customer, its own and its subscription's. */
  objects: number;
  /** Opens a receiver that listens on a path. */
  receiver(path: string): Receiver;
}

const objectTypes = ["customer.created", "customer.subscription.created"];

/**
 * Answers a source of events about customers with a subscription on trial at the local Stripe, each of an organization here,
 * who are made when it is first asked for: an update of the customer, an update of the subscription, in turn. The objects
 * are Stripe's own but for `metadata.delivery`, which is another in each event.
 */
export async function eventSource(bed: Bed): Promise<EventSource> {
  const { env } = bed;
  const stripe = createStripeClient({
    STRIPE_SECRET_KEY: env["STRIPE_SECRET_KEY"] ?? "",
    STRIPE_API_BASE: env["STRIPE_API_BASE"],
  });
  const listCreated = () => stripe.events.list({ types: objectTypes, limit: 100 }).autoPagingToArray({ limit: 10_000 });
  if ((await listCreated()).length === 0) await makeCustomers(bed, stripe);
  return sourceOf((await listCreated()).toReversed(), env["STRIPE_WEBHOOK_SECRET"] ?? "");
}

async function makeCustomers(bed: Bed, stripe: Stripe): Promise<void> {
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
}

// An event that is no newer than the last about its object is nothing to who trusts the payload: time goes on from source to source.
let secondsPast = 0;
const firstAt = Math.floor(Date.now() / 1000) - 10_000_000;

function sourceOf(templates: readonly Stripe.Event[], secret: string): EventSource {
  // An id that an earlier line has sent would be answered from memory.
  const run = randomBytes(6).toString("hex");
  let made = 0;
  const receiver = (path: string): Receiver => {
    const newest = new Map<string, string>();
    let count = 0;
    const next = (): Call => {
      const template = templates[made % templates.length];
      if (made % templates.length === 0) secondsPast += 1;
      const delivery = `${run}${String(made).padStart(10, "0")}`;
      const { id: objectId, metadata, ...object } = objectOf(template);
      const data = { object: { id: objectId, ...object, metadata: { ...metadata, delivery } } };
      const type = template?.type.replace(/created$/, "updated");
      made += 1;
      count += 1;
      newest.set(objectId, delivery);
      const created = firstAt + secondsPast;
      return signed(path, JSON.stringify({ ...template, id: `evt_${delivery}`, type, created, data }, null, 2), secret);
    };
    return { newest, count: () => count, deliveries: (amount) => Array.from({ length: amount }, next) };
  };
  return { objects: templates.length, receiver };
}

/** What an event is about. Errors: it is about neither a customer nor a subscription. */
function objectOf(event: Stripe.Event | undefined): Stripe.Customer | Stripe.Subscription {
  if (event?.type === "customer.created" || event?.type === "customer.subscription.created") return event.data.object;
  throw new Error("The local Stripe made no customers with subscriptions.");
}

function signed(path: string, body: string, secret: string): Call {
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
  return { method: "POST", path, body, headers: { "content-type": "application/json", "stripe-signature": signature } };
}
