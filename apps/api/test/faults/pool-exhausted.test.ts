import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeCustomers, newsOf } from "./customers.ts";
import { missing, startFaultBed } from "./fault-bed.ts";
import type { Answer, FaultBed } from "./fault-bed.ts";
import { inParallel } from "./load.ts";
import { expectCalmLog, untilWorkedOff } from "./look.ts";

const poolMax = 2;
let bed: FaultBed;
beforeAll(async () => {
  if (!missing) bed = await startFaultBed({ env: { DATABASE_POOL_MAX: String(poolMax) } });
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => bed?.close());

const list = "/trpc/products.list";
const times = (count: number): number[] => Array.from({ length: count }, (_, place) => place);

/** Holds what every call of the list reads, until it is released. */
async function holdProducts(): Promise<() => Promise<void>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = bed.owner.transaction().execute(async (trx) => {
    await sql`lock table products in access exclusive mode`.execute(trx);
    locked.resolve();
    await released;
  });
  await locked.promise;
  return async () => {
    release();
    await holding;
  };
}

function expectRefused(answers: Answer[]): void {
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  for (const { body, retryAfterSec } of answers) {
    expect(body).toContain('"appCode":"core.unavailable"');
    expect(retryAfterSec).toBeGreaterThan(0);
  }
}

test("transactions that hold every connection: callers wait five seconds at most for one, beyond fifty for each they are refused at once", async () => {
  const [customer] = await makeCustomers(bed, 1);
  const release = await holdProducts();
  const crowd = 160;
  const calls = inParallel(times(crowd), crowd, () => bed.get(list));
  await expect.poll(async () => (await bed.get(list)).durationMs, { timeout: 10_000 }).toBeLessThan(1000);
  const subscription = await bed.stripe.subscriptions.retrieve(customer?.subscriptionId ?? "");
  const event = newsOf(subscription, "evt_in_the_crowd");
  const [alive, ready, delivered] = await Promise.all([bed.get("/healthz"), bed.get("/readyz"), bed.deliver(event)]);
  expect(alive.status).toBe(200);
  expect(alive.durationMs).toBeLessThan(2000);
  expect([200, 503]).toContain(ready.status);
  expect(ready.durationMs).toBeLessThan(7000);
  expectRefused([delivered]);
  const answers = await calls;
  expectRefused(answers);
  const durations = answers.map(({ durationMs }) => durationMs);
  // Who gets a connection at last waits another five seconds for the lock on it.
  expect(Math.max(...durations)).toBeLessThan(13_000);
  expect(durations.filter((duration) => duration < 4000).length).toBeGreaterThanOrEqual(crowd - 51 * poolMax);
  await release();
  await expect.poll(async () => (await bed.get(list)).status, { timeout: 5000, interval: 20 }).toBe(200);
  expect((await bed.get("/readyz")).status).toBe(200);
  expect((await bed.deliver(event)).status).toBe(200);
  await untilWorkedOff(bed);
  expectCalmLog(bed);
});

test("a crowd that is served quickly waits its turn, and nobody is refused", async () => {
  const answers = await inParallel(times(200), 60, () => bed.get(list));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
