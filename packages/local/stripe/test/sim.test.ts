import Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

async function sim(path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${bench.local.url}/_sim/${path}`, body === undefined ? {} : init);
  const json: unknown = await response.json();
  return { status: response.status, json };
}

test("the clock moves by seconds or to a time, tells its stream, and refuses to go back", async () => {
  const stream = await fetch(`${bench.local.url}/_sim/clock/stream`);
  const lines = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect(JSON.parse((await lines?.read())?.value ?? "")).toEqual({ offsetMs: 0 });
  await sim("clock", { advanceSec: 3600 });
  const { offsetMs }: { offsetMs: number } = JSON.parse((await lines?.read())?.value ?? "");
  expect(offsetMs).toBeGreaterThan(3_595_000);
  expect(offsetMs).toBeLessThanOrEqual(3_600_000);
  const to = new Date(bench.local.now().getTime() + 86_400_000).toISOString();
  expect((await sim("clock", { to })).json).toMatchObject({ offsetMs: expect.any(Number) });
  expect((await sim("clock", { to: "2020-01-01T00:00:00Z" })).status).toBe(400);
  expect((await sim("clock", { to: "tomorrow" })).status).toBe(400);
  await lines?.cancel();
});

test("a planned 429 and 500 reach the SDK as its errors and are used up", async () => {
  await sim("faults", { route: "POST /v1/customers", kind: "status", status: 429 });
  await sim("faults", { route: "*", kind: "status", status: 500 });
  await expect(bench.stripe.customers.create({})).rejects.toThrow(Stripe.errors.StripeRateLimitError);
  await expect(bench.stripe.products.list()).rejects.toThrow(Stripe.errors.StripeAPIError);
  expect(await bench.stripe.customers.create({})).toMatchObject({ object: "customer" });
});

test("an answer lost after the commit is repeated with the same key and makes one object", async () => {
  await sim("faults", { route: "POST /v1/customers", kind: "drop_after_commit" });
  const { hostname, port } = new URL(bench.local.url);
  const patient = new Stripe(bench.local.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 1 });
  const customer = await patient.customers.create({ email: "once@example.com" }, { idempotencyKey: "lost-1" });
  expect((await bench.stripe.customers.list({ email: "once@example.com" })).data.map((found) => found.id)).toEqual([
    customer.id,
  ]);
});

test("a request with a key that is still being worked on answers 409", async () => {
  await sim("faults", { route: "POST /v1/customers", kind: "slow", delayMs: 300 });
  const slow = bench.stripe.customers.create({}, { idempotencyKey: "busy" });
  await expect.poll(async () => (await sim("faults")).json).toEqual({ faults: [] });
  await expect(bench.stripe.customers.create({}, { idempotencyKey: "busy" })).rejects.toMatchObject({
    statusCode: 409,
  });
  expect(await slow).toMatchObject({ object: "customer" });
});

test("a time-out fault lets the caller give up", async () => {
  await sim("faults", { route: "GET /v1/customers", kind: "timeout" });
  await expect(bench.stripe.customers.list({}, { timeout: 100 })).rejects.toThrow(Stripe.errors.StripeConnectionError);
});

test("dunning settings decide how often it is tried and what happens at the end", async () => {
  const change = await sim("settings", { dunning: { retryAfterSec: [3600], finally: "unpaid" }, draftSec: 0 });
  expect(change.status).toBe(200);
  const { subscription } = await subscribed(bench, { card: "4000000000000341" });
  await bench.local.advance(new Date(((subscription.items.data[0]?.current_period_end ?? 0) + 4000) * 1000));
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("unpaid");
  expect((await sim("settings", { dunning: { finally: "shrug" } })).status).toBe(400);
});

test("dump shows everything and reset leaves only the endpoint it was started with", async () => {
  await makePrice(bench.stripe);
  await bench.local.advance(new Date(bench.local.now().getTime() + 5_000_000));
  await bench.local.deliveriesIdle();
  expect((await sim("dump")).json).toMatchObject({
    objects: { price: [{ unit_amount: 1000 }] },
    events: [{ type: "product.created" }, { type: "price.created" }],
  });
  await sim("reset", {});
  const { json } = await sim("dump");
  expect(json).toMatchObject({ offsetMs: 0, events: [], deliveries: [] });
  expect((await bench.stripe.prices.list()).data).toHaveLength(0);
  expect((await bench.stripe.webhookEndpoints.list()).data).toHaveLength(1);
});

test("a web page cannot drive it: plain forms and what other origins send are refused", async () => {
  const form = await fetch(`${bench.local.url}/_sim/reset`, { method: "POST", body: new URLSearchParams({ a: "1" }) });
  expect(form.status).toBe(403);
  const headers = { origin: "http://evil.example" };
  const empty = await fetch(`${bench.local.url}/_sim/reset`, { method: "POST", headers });
  expect(empty.status).toBe(403);
  expect((await sim("nothing")).status).toBe(404);
});
