import Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStripeClient, modules } from "@turnpike/api";
import type { Module } from "@turnpike/core";
import type { LocalStripe } from "@turnpike/local-stripe";
import { startStripe } from "@turnpike/local-stripe";
import { endpointEvents } from "../endpoint-events.ts";
import { ensureEndpoint } from "../ensure-endpoint.ts";
import { ensurePortal } from "../ensure-portal.ts";

let local: LocalStripe;
let stripe: Stripe;
beforeEach(async () => {
  local = await startStripe();
  stripe = createStripeClient({ STRIPE_SECRET_KEY: local.secretKey, STRIPE_API_BASE: local.url });
});
afterEach(() => local.stop());

const url = "https://api.test/api/webhooks/stripe";
const endpointsHere = async () =>
  (await stripe.webhookEndpoints.list()).data.filter((endpoint) => endpoint.url === url);

test("the first run makes an endpoint of our version and shows its secret, the second changes nothing and shows none", async () => {
  const first = await ensureEndpoint(stripe, url, false);
  expect(first).toMatchObject({ outcome: "created", secret: expect.stringMatching(/^whsec_/), others: [] });
  expect(await ensureEndpoint(stripe, url, true)).toEqual({
    id: first.id,
    outcome: "unchanged",
    secret: undefined,
    others: [],
  });
  expect(await endpointsHere()).toMatchObject([
    { api_version: Stripe.API_VERSION, status: "enabled", enabled_events: [...endpointEvents] },
  ]);
});

test("an endpoint that somebody narrowed or switched off is put right and keeps its secret", async () => {
  const { id } = await ensureEndpoint(stripe, url, false);
  await stripe.webhookEndpoints.update(id, { enabled_events: ["invoice.paid"], disabled: true });
  expect(await ensureEndpoint(stripe, url, false)).toMatchObject({ id, outcome: "updated", secret: undefined });
  expect(await endpointsHere()).toMatchObject([{ id, status: "enabled", enabled_events: [...endpointEvents] }]);
});

test("an endpoint of another version stays until it is pruned, and one at another address always", async () => {
  const stranger = await stripe.webhookEndpoints.create({ url: "https://other.test/hook", enabled_events: ["*"] });
  const old = await stripe.webhookEndpoints.create({ url, enabled_events: ["*"], api_version: "2024-06-20" });
  const ensured = await ensureEndpoint(stripe, url, false);
  expect(ensured).toMatchObject({ outcome: "created", others: [old.id] });
  expect(await ensureEndpoint(stripe, url, true)).toMatchObject({ id: ensured.id, outcome: "unchanged", others: [] });
  const left = (await stripe.webhookEndpoints.list()).data.map(({ id }) => id);
  expect(left.toSorted()).toEqual([stranger.id, ensured.id].toSorted());
});

test("the portal's default settings are brought to ours once", async () => {
  expect(await ensurePortal(stripe, "https://app.test/")).toBe("missing");
  const customer = await stripe.customers.create({});
  await stripe.billingPortal.sessions.create({ customer: customer.id });
  expect(await ensurePortal(stripe, "https://app.test/")).toBe("updated");
  expect(await ensurePortal(stripe, "https://app.test/")).toBe("unchanged");
  const { data } = await stripe.billingPortal.configurations.list({ is_default: true });
  expect(data).toMatchObject([
    {
      default_return_url: "https://app.test/",
      features: {
        subscription_cancel: { enabled: true, mode: "at_period_end" },
        subscription_update: { enabled: false },
        customer_update: { enabled: true },
      },
    },
  ]);
});

test("every event of a subscription's life that a mirror reads is asked for", async () => {
  const product = await stripe.products.create({ name: "Pro" });
  const price = await stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 900,
    recurring: { interval: "month" },
  });
  const customer = await stripe.customers.create({ email: "a@example.test" });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    default_payment_method: method.id,
    items: [{ price: price.id }],
  });
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await stripe.subscriptions.cancel(subscription.id);
  await stripe.prices.update(price.id, { active: false });
  await stripe.customers.del(customer.id);
  const all: readonly Module[] = modules;
  const mirrors = all.flatMap((module) => module.stripe ?? []);
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  const read = events.filter((event) => mirrors.some((mirror) => mirror.refs(event).length > 0));
  const types = [...new Set(read.map(({ type }) => type))];
  expect(types).toEqual(expect.arrayContaining(["invoice.paid", "customer.subscription.deleted", "price.updated"]));
  const asked: readonly string[] = endpointEvents;
  expect(types.filter((type) => !asked.includes(type))).toEqual([]);
});
