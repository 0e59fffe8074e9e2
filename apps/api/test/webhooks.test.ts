import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStripeClient, modules } from "@turnpike/api";
import { startStripe } from "@turnpike/local-stripe";
import type { LocalStripe } from "@turnpike/local-stripe";
import { createTestApp } from "@turnpike/testing";
import type { ServerProcess, TestApp, TestUser } from "@turnpike/testing";
import { startKillableServer } from "./killable-server.ts";

const secret = "whsec_of_the_test";
// Nothing is delivered by itself: what arrives, when and in which order is the test's choice.
let local: LocalStripe;
let stripe: Stripe;
let app: TestApp;
let user: TestUser;
let server: ServerProcess;

beforeAll(async () => {
  local = await startStripe();
  stripe = createStripeClient({ STRIPE_SECRET_KEY: local.secretKey, STRIPE_API_BASE: local.url });
  app = await createTestApp({ modules });
  user = await app.createUser();
  server = await start();
});
afterAll(async () => {
  await server.kill();
  await local.stop();
  await app.close();
});

const start = () =>
  startKillableServer({
    NODE_ENV: "test",
    LOG_LEVEL: "silent",
    DATABASE_URL: app.database.apiUrl,
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_ANON_KEY: "none",
    SUPABASE_SERVICE_KEY: "none",
    STRIPE_API_BASE: local.url,
    STRIPE_SECRET_KEY: local.secretKey,
    STRIPE_WEBHOOK_SECRET: secret,
  });

async function deliver(event: object): Promise<number> {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  const response = await fetch(`${server.url}/api/webhooks/stripe`, {
    method: "POST",
    headers: { "stripe-signature": signature, "content-type": "application/json" },
    body: payload,
  });
  await response.arrayBuffer();
  return response.status;
}

/** The events that Stripe has made since a moment, oldest first. */
async function eventsSince(known: ReadonlySet<string>): Promise<Stripe.Event[]> {
  const events = await stripe.events.list({ limit: 100 });
  return events.data.filter(({ id }) => !known.has(id)).toReversed();
}

const delivered = new Set<string>();
async function deliverAll(arrange: (events: Stripe.Event[]) => Stripe.Event[] = (events) => events): Promise<number[]> {
  const events = await eventsSince(delivered);
  for (const { id } of events) delivered.add(id);
  return Promise.all(arrange(events).map(deliver));
}

async function statusesOfInbox(): Promise<Set<string>> {
  const rows = await app.owner.selectFrom("private.webhook_inbox").select("status").distinct().execute();
  return new Set(rows.map(({ status }) => status));
}

const untilWorkedOff = () => expect.poll(statusesOfInbox, { timeout: 50_000, interval: 50 }).not.toContain("pending");
const subscriptions = () =>
  app.owner.selectFrom("subscriptions").selectAll().where("organization_id", "=", user.organizationId).execute();

/** A paying customer of the organization, made at Stripe. */
async function subscribe(): Promise<Stripe.Subscription> {
  const product = await stripe.products.create({ name: "Plan" });
  const price = await stripe.prices.create({
    product: product.id,
    currency: "eur",
    unit_amount: 1900,
    recurring: { interval: "month" },
  });
  const customer = await stripe.customers.create({
    email: user.email,
    metadata: { turnpike_organization_id: user.organizationId },
  });
  const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  return stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card.id,
  });
}

test("a customer's events, each doubled and all in reverse order, make one subscription in the state that Stripe has", async () => {
  const subscription = await subscribe();
  const answers = await deliverAll((events) => events.toReversed().flatMap((event) => [event, event]));
  expect(new Set(answers)).toEqual(new Set([200]));
  await untilWorkedOff();
  expect(await subscriptions()).toEqual([
    expect.objectContaining({ stripe_subscription_id: subscription.id, status: "active" }),
  ]);
  expect(await statusesOfInbox()).not.toContain("dead");
});

test("what was answered 200 before the server was killed is worked off after the next start", async () => {
  const [before] = await subscriptions();
  await stripe.subscriptions.update(before?.stripe_subscription_id ?? "", { cancel_at_period_end: true });
  const answers = await deliverAll();
  await server.kill();
  expect(answers.length).toBeGreaterThan(0);
  expect(new Set(answers)).toEqual(new Set([200]));
  server = await start();
  await untilWorkedOff();
  const [after] = await subscriptions();
  expect(after).toMatchObject({ id: before?.id, status: "active" });
  expect(after?.cancel_at ?? after?.cancel_at_period_end).toBeTruthy();
});

test("a server killed in the middle of its work leaves nothing half done", async () => {
  const [before] = await subscriptions();
  const id = before?.stripe_subscription_id ?? "";
  await stripe.subscriptions.update(id, { cancel_at_period_end: false });
  // Each reading takes long enough for the server to be killed in the middle of one.
  const faults = await fetch(`${local.url}/_sim/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ route: "GET /v1/subscriptions/:id", kind: "slow", delayMs: 3000 }),
  });
  expect(faults.status).toBeLessThan(300);
  await deliverAll();
  const leases = () =>
    app.owner.selectFrom("private.webhook_leases").select("subject").where("expires_at", ">", new Date()).execute();
  await expect.poll(async () => (await leases()).length, { timeout: 10_000, interval: 20 }).toBeGreaterThan(0);
  await server.kill();
  // Half a minute passes: the killed holder's lease runs out.
  await app.owner.updateTable("private.webhook_leases").set({ expires_at: new Date() }).execute();
  server = await start();
  await untilWorkedOff();
  const [after] = await subscriptions();
  expect(after).toMatchObject({ id: before?.id, status: "active", cancel_at_period_end: false, cancel_at: null });
});

test("events whose objects this Stripe never made are answered, worked off and change nothing", async () => {
  const before = await subscriptions();
  const objects = [
    { object: "subscription", id: "sub_foreign", customer: "cus_foreign", status: "active", items: null },
    { object: "invoice", id: "in_foreign", customer: "cus_foreign", parent: null, subscription: "sub_foreign" },
    { object: "invoice", customer: "cus_foreign", amount_due: 1e21 },
    { object: "customer", id: "cus_foreign", deleted: true },
    { object: "checkout.session", id: "cs_foreign", customer: null, subscription: 7 },
    { object: "product", id: "prod_foreign" },
    { object: "price", id: "price_foreign", product: null },
    { object: "something.new", id: "new_1", customer: null },
  ];
  const types = ["customer.subscription.deleted", "invoice.paid", "invoice.upcoming", "customer.deleted"];
  for (const [place, object] of objects.entries()) {
    const event = {
      id: `evt_foreign_${place}`,
      object: "event",
      type: types[place] ?? `${object.object}.created`,
      created: 1_700_000_000,
      livemode: false,
      api_version: "2020-08-27",
      data: { object },
    };
    expect(await deliver(event)).toBe(200);
  }
  await untilWorkedOff();
  expect(await statusesOfInbox()).not.toContain("dead");
  expect(await subscriptions()).toEqual(before);
});

test("a server that is asked to end does so by itself", async () => {
  expect(await server.terminate()).toBe(0);
  server = await start();
});
