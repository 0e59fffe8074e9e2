import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "@turnpike/database";
import { hasSystemPgbouncer, noPgbouncerReason, startSystemPgbouncer } from "@turnpike/testing";
import type { SystemPgbouncer } from "@turnpike/testing";
import { makeCustomers, mirrored, newsOf } from "./customers.ts";
import type { Customer } from "./customers.ts";
import { missing as missingParts, startFaultBed } from "./fault-bed.ts";
import type { FaultBed } from "./fault-bed.ts";
import { inParallel } from "./load.ts";
import { expectCalmLog, untilWorkedOff } from "./look.ts";

const missing = missingParts ?? ((await hasSystemPgbouncer()) ? undefined : noPgbouncerReason);
const list = "/trpc/products.list";
let bed: FaultBed;
let customers: Customer[];
let pooler: SystemPgbouncer;

beforeAll(async () => {
  if (missing) return;
  const databaseUrl = async (direct: string): Promise<string> => {
    pooler = await startSystemPgbouncer({ databaseUrl: direct, poolSize: 2 });
    return pooler.url;
  };
  bed = await startFaultBed({ databaseUrl });
  customers = await makeCustomers(bed, 3);
  // By itself it leaves a server that refused it alone for 15 seconds.
  await pooler.console("SET server_login_retry = 1");
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  await bed?.close();
  await pooler?.stop();
});

let told = 0;
async function newsOfFirst(): Promise<object> {
  const subscription = await bed.stripe.subscriptions.retrieve(customers[0]?.subscriptionId ?? "");
  return newsOf(subscription, `evt_pooled_${(told += 1)}`);
}

/** Twenty calls and a delivery at once: every one answered well, or told to come again. Returns how many were told so. */
async function refusals(): Promise<number> {
  const event = await newsOfFirst();
  // Somebody else each time, so that it is not the limit of calls that refuses.
  const from = { "x-forwarded-for": `2001:db8::${told.toString(16)}` };
  const calls = inParallel(Array.from({ length: 20 }), 20, () => bed.get(list, from));
  const answers = [...(await calls), await bed.deliver(event)];
  expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  const refused = answers.filter(({ status }) => status === 503);
  for (const { body, retryAfterSec } of refused) {
    expect(body).toContain('"appCode":"core.unavailable"');
    expect(retryAfterSec).toBeGreaterThan(0);
  }
  return refused.length;
}

const readiness = async (): Promise<unknown> => JSON.parse((await bed.get("/readyz")).body);

/** Answers again within ten seconds, and works off what is delivered. */
async function expectRecovered(): Promise<void> {
  await expect.poll(async () => (await bed.get("/readyz")).status, { timeout: 10_000, interval: 50 }).toBe(200);
  await expect.poll(refusals, { timeout: 10_000, interval: 50 }).toBe(0);
  const subscription = await bed.stripe.subscriptions.retrieve(customers[0]?.subscriptionId ?? "");
  const isEnding = !subscription.cancel_at_period_end;
  await bed.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: isEnding });
  expect((await bed.deliver(await newsOfFirst())).status).toBe(200);
  const isTold = async () => (await mirrored(bed)).get(subscription.id)?.isEnding;
  await expect.poll(isTold, { timeout: 10_000, interval: 50 }).toBe(isEnding);
  await untilWorkedOff(bed);
  expectCalmLog(bed);
}

// Each is told so within some seconds, whatever the pooler waits for.
const everyOneRefused = () => expect.poll(refusals, { timeout: 25_000, interval: 50 }).toBe(21);

test("a pooler whose PostgreSQL was killed says so in its own words, and callers are told to come again", async () => {
  await expectRecovered();
  await bed.postgres.kill();
  await everyOneRefused();
  await bed.postgres.start();
  await expectRecovered();
});

test("a pooler that is killed and started again loses nothing but the calls of that moment", async () => {
  await pooler.kill();
  await everyOneRefused();
  await pooler.restart();
  await pooler.console("SET server_login_retry = 1");
  await expectRecovered();
});

test("a pooler that takes no more clients refuses some, and they are told to come again", async () => {
  await pooler.restart();
  await pooler.console("SET max_client_conn = 2");
  await expect.poll(refusals, { timeout: 25_000, interval: 50 }).toBeGreaterThan(0);
  await expect
    .poll(readiness, { timeout: 4000, interval: 50 })
    .toMatchObject({ database: "degraded", status: "ready" });
  // It takes no more of its administrator either.
  await pooler.restart();
  await expectRecovered();
});

test("a pooler whose server connections are all held takes no process out, and says so", async () => {
  await using held = new AsyncDisposableStack();
  const others = openDatabase({ url: pooler.url, max: 2 });
  held.defer(() => others.close());
  const { promise: done, resolve } = Promise.withResolvers<void>();
  held.defer(resolve);
  await expect.poll(async () => (await bed.get(list)).status, { timeout: 10_000 }).toBe(200);
  for (const holder of [Promise.withResolvers<void>(), Promise.withResolvers<void>()]) {
    const holding = others.db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      holder.resolve();
      await done;
    });
    holding.catch(holder.reject);
    await holder.promise;
  }
  await expect
    .poll(readiness, { timeout: 4000, interval: 50 })
    .toMatchObject({ database: "degraded", status: "ready" });
  resolve();
  await expectRecovered();
});

test("a pooler that makes its clients wait for too long, and goes on", async () => {
  await pooler.console("SET query_wait_timeout = 1");
  const paused = pooler.console("PAUSE");
  await everyOneRefused();
  await paused;
  await pooler.console("RESUME");
  await pooler.console("SET query_wait_timeout = 120");
  await expectRecovered();
});

test("a pooler whose server connections are cut one by one in the middle of it", async () => {
  for (let round = 0; round < 5; round += 1) {
    const some = refusals();
    await pooler.console("RECONNECT");
    expect(await some).toBe(0);
  }
  await expectRecovered();
});
