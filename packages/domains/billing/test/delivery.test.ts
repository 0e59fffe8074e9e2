import { once } from "node:events";
import type { Server } from "node:http";
import express from "express";
import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createCtx } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import webhooks from "@turnpike/webhooks";
import type { BillingBed } from "./billing-bed.ts";
import { customerOf, eventNames, makePlan, returns, startBillingBed } from "./billing-bed.ts";

let bed: BillingBed;
let server: Server;
let user: TestUser;

beforeAll(async () => {
  bed = await startBillingBed({ modules: [webhooks] });
  await makePlan(bed, "pro");
  const app = express();
  const router = express.Router();
  webhooks.http(router, { createCtx: (actor, request) => createCtx(bed.app.deps, actor, request) });
  server = app.use(router).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const endpoint = await bed.stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${address.port}/api/webhooks/stripe`,
    enabled_events: ["*"],
    api_version: Stripe.API_VERSION,
  });
  bed.app.deps.config.stripeWebhookSecrets = [endpoint.secret ?? ""];
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await bed.close();
});
beforeEach(async () => {
  user = await bed.app.createUser();
});

async function setDelivery(delivery: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${bed.local.url}/_sim/delivery`, {
    method: "POST",
    headers,
    body: JSON.stringify(delivery),
  });
  expect(answer.status).toBe(200);
}

/** Resolves when everything that Stripe has said is stored and worked off. */
async function settled(): Promise<void> {
  await bed.local.deliveriesIdle();
  await bed.app.jobsIdle();
}

const check = () => bed.as(user).billing.access.check({ feature: "exports" });

describe.each([
  ["as they come", { shuffle: false, duplicate: false, delayMs: 0 }],
  ["shuffled, doubled and delayed", { shuffle: true, duplicate: true, delayMs: 200 }],
])("with deliveries %s", (_name, delivery) => {
  beforeEach(() => setDelivery(delivery));

  test("a customer pays, is let in, cancels, and is shut out at the end", async () => {
    const { url } = await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
    await bed.pay(url);
    await settled();
    expect(await check()).toMatchObject({ granted: true, reason: "subscription_active" });

    await bed.advance(32);
    await settled();
    const [renewed] = (await bed.as(user).billing.subscriptions.list()).items;
    expect(renewed?.currentPeriodStart?.getTime()).toBeGreaterThan(renewed?.startedAt.getTime() ?? Infinity);
    expect((await bed.as(user).billing.invoices.list()).items).toMatchObject([{ status: "paid" }, { status: "paid" }]);

    await bed.as(user).billing.subscriptions.cancel({ subscriptionId: renewed?.id ?? "", at: "period_end" });
    await settled();
    expect(await check()).toMatchObject({ granted: true, until: renewed?.currentPeriodEnd });
    await bed.advance(32);
    expect(await check()).toMatchObject({ granted: false, reason: "subscription_ended" });
    await settled();
    expect((await bed.as(user).billing.subscriptions.list()).items).toMatchObject([{ status: "canceled" }]);

    const names = await eventNames(bed, user.organizationId);
    const times = (name: string) => names.filter((found) => found === `billing.${name}`).length;
    expect(["subscription_created", "subscription_activated", "subscription_canceled"].map(times)).toEqual([1, 1, 1]);
    expect(times("invoice_paid")).toBe(2);
  });
});

test("a cancellation in the portal ends on its day, and can be taken back here", async () => {
  await setDelivery({ shuffle: false, duplicate: false, delayMs: 0 });
  const subscriptionId = await bed.subscribe(user, "pro");
  const { url } = await bed.as(user).billing.portal.open({ returnUrl: "http://app.test/billing" });
  const before = await bed.as(user).billing.subscriptions.get({ subscriptionId });
  const page = `${url}/subscriptions/${before.stripeSubscriptionId}/cancel`;
  expect((await fetch(page, { method: "POST", body: new URLSearchParams(), redirect: "manual" })).status).toBe(303);
  await settled();
  const canceled = await bed.as(user).billing.subscriptions.get({ subscriptionId });
  expect(canceled).toMatchObject({ isEnding: true, endsAt: before.currentPeriodEnd });
  expect((await bed.stripe.subscriptions.retrieve(before.stripeSubscriptionId)).cancel_at_period_end).toBe(false);
  expect(await bed.as(user).billing.subscriptions.resume({ subscriptionId })).toMatchObject({ isEnding: false });
  await settled();
  expect(await check()).toMatchObject({ granted: true, until: null });
});

test("what a payment opens is opened by Stripe's delivery, long before the cache runs out or a sweep comes by", async () => {
  await setDelivery({ shuffle: false, duplicate: false, delayMs: 0 });
  const { url } = await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
  expect(await check()).toMatchObject({ granted: false });
  await bed.pay(url);
  await expect.poll(check, { interval: 20, timeout: 20_000 }).toMatchObject({ granted: true });
});

test("a customer whose own event links it before we do is named all the same", async () => {
  // The answer is lost and asked for again half a second later; by then the event has been here.
  const body = JSON.stringify({ route: "POST /v1/customers", kind: "drop_after_commit", count: 1 });
  const headers = { "content-type": "application/json" };
  await fetch(`${bed.local.url}/_sim/faults`, { method: "POST", headers, body });
  await bed.as(user).billing.checkout.start({ lookupKey: "pro", ...returns });
  const customer = await bed.stripe.customers.retrieve(await customerOf(bed, user.organizationId));
  expect(customer).toMatchObject({ name: "Test Person", email: user.email });
});
