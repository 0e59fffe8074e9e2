import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeCustomers, mirrored, newsOf } from "./customers.ts";
import type { Customer } from "./customers.ts";
import { missing, startFaultBed } from "./fault-bed.ts";
import type { Answer, FaultBed } from "./fault-bed.ts";
import { inParallel } from "./load.ts";
import { eventCounts, expectCalmLog, untilWorkedOff } from "./look.ts";

let bed: FaultBed;
let customers: Customer[];
beforeAll(async () => {
  if (missing) return;
  bed = await startFaultBed();
  customers = await makeCustomers(bed, 6);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => bed?.close());

const list = "/trpc/products.list";
let told = 0;

/** A crowd of calls and deliveries at once. */
async function crowd(): Promise<{ calls: Answer[]; deliveries: { event: object; answer: Answer }[] }> {
  const subscriptions = await bed.stripe.subscriptions.list({ limit: 100 });
  const calls = inParallel(Array.from({ length: 30 }), 30, () => bed.get(list));
  const deliveries = inParallel(subscriptions.data, 30, async (subscription) => {
    const event = newsOf(subscription, `evt_silent_${(told += 1)}`);
    return { event, answer: await bed.deliver(event) };
  });
  return { calls: await calls, deliveries: await deliveries };
}

test("a PostgreSQL that stops answering: callers are told so in time, and all is well when it goes on", async () => {
  // Connections are open when it stops.
  await crowd();
  await untilWorkedOff(bed);
  bed.postgres.freeze();
  const waiting = crowd();
  const [alive, ready] = await Promise.all([bed.get("/healthz"), bed.get("/readyz")]);
  expect(alive.status).toBe(200);
  expect(alive.durationMs).toBeLessThan(2000);
  expect(ready.durationMs).toBeLessThan(7000);
  // While its last answer is fresh, it may be a pooler that is full.
  await expect.poll(async () => (await bed.get("/readyz")).status, { timeout: 10_000, interval: 50 }).toBe(503);
  const { calls, deliveries } = await waiting;
  for (const { status, retryAfterSec, durationMs } of [...calls, ...deliveries.map(({ answer }) => answer)]) {
    expect(status).toBe(503);
    expect(retryAfterSec).toBeGreaterThan(0);
    // Five seconds for a connection of the pool, and as many for an answer on it or for a new one.
    expect(durationMs).toBeLessThan(14_000);
  }
  bed.postgres.thaw();
  await expect.poll(async () => (await bed.get(list)).status, { timeout: 10_000, interval: 50 }).toBe(200);
  await expect.poll(async () => (await bed.get("/readyz")).status, { timeout: 10_000, interval: 50 }).toBe(200);
  for (const { event } of deliveries) expect((await bed.deliver(event)).status).toBe(200);
  await untilWorkedOff(bed);
  expect((await mirrored(bed)).size).toBe(customers.length);
  const counts = await eventCounts(bed, "stripeSubscriptionId");
  for (const { subscriptionId } of customers) {
    expect(counts.get(`billing.subscription_activated ${subscriptionId}`)).toBe(1);
  }
  expectCalmLog(bed);
});

test("a PostgreSQL that stops for a moment makes callers slow, and none fail", async () => {
  bed.postgres.freeze();
  const call = bed.get(list);
  await expect.poll(async () => (await bed.get("/healthz")).status).toBe(200);
  bed.postgres.thaw();
  expect((await call).status).toBe(200);
});
