import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestUser } from "@turnpike/testing";
import { makeCustomers, mirrored, newsOf } from "./customers.ts";
import type { Customer } from "./customers.ts";
import { accessToken, missing, startFaultBed } from "./fault-bed.ts";
import type { Answer, FaultBed } from "./fault-bed.ts";
import { inParallel } from "./load.ts";
import { expectCalmLog, untilWorkedOff } from "./look.ts";

let bed: FaultBed;
let customers: Customer[];
beforeAll(async () => {
  if (missing) return;
  bed = await startFaultBed();
  customers = await makeCustomers(bed, 8);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => bed?.close());

const list = "/trpc/products.list";
const recoverySec = 10;
let told = 0;

interface Load {
  calls: Answer[];
  deliveries: Answer[];
  refused: object[];
}

/** Calls and deliveries without a pause until `isOver`, as four clients make them. */
async function underLoad({ calls, deliveries, refused }: Load, isOver: () => boolean): Promise<void> {
  await inParallel([0, 1, 2, 3], 4, async (lane) => {
    for (let round = 0; !isOver(); round += 1) {
      const from = { "x-forwarded-for": `203.0.113.${(round % 60) * 4 + lane}` };
      calls.push(await bed.get(list, from));
      const customer = customers[(round + lane) % customers.length];
      const subscription = await bed.stripe.subscriptions.retrieve(customer?.subscriptionId ?? "");
      const event = newsOf(subscription, `evt_news_${(told += 1)}`);
      const answer = await bed.deliver(event);
      deliveries.push(answer);
      if (answer.status !== 200) refused.push(event);
    }
  });
}

/** Every answer is right, or says that it will be right in a moment. */
function expectOnlyUnavailable(answers: Answer[]): void {
  const wrong = answers.filter(({ status }) => status !== 200 && status !== 503);
  expect(wrong).toEqual([]);
  const unavailable = answers.filter(({ status }) => status === 503);
  expect(unavailable.length).toBeGreaterThan(0);
  for (const { body, retryAfterSec } of unavailable) {
    expect(body).toContain('"appCode":"core.unavailable"');
    expect(retryAfterSec).toBeGreaterThan(0);
  }
}

async function statusesOf(paths: string[]): Promise<number[]> {
  const answers = await Promise.all(paths.map((path) => bed.get(path)));
  return answers.map(({ status }) => status);
}

test.each([
  ["stopped as an administrator stops it", () => bed.postgres.shutDown()],
  ["killed, so that it starts with crash recovery", () => bed.postgres.kill()],
])("PostgreSQL %s under load: 503 until it is back, nothing crashes, all recovers by itself", async (_how, end) => {
  const state = { isOver: false };
  const load: Load = { calls: [], deliveries: [], refused: [] };
  const running = underLoad(load, () => state.isOver);
  const [first] = customers;
  if (!first) throw new Error("there are no customers");
  await end();
  await expect.poll(() => statusesOf(["/readyz", "/healthz", list]), { timeout: 10_000 }).toEqual([503, 200, 503]);
  // What happens at Stripe meanwhile is told by an event that is refused.
  const before = await bed.stripe.subscriptions.retrieve(first.subscriptionId);
  const isEnding = !before.cancel_at_period_end;
  await bed.stripe.subscriptions.update(first.subscriptionId, { cancel_at_period_end: isEnding });
  await expect.poll(() => load.refused.length, { timeout: 20_000 }).toBeGreaterThan(200);
  await bed.postgres.start();
  const startedAt = performance.now();
  await expect
    .poll(() => statusesOf(["/readyz", list]), { timeout: recoverySec * 1000, interval: 50 })
    .toEqual([200, 200]);
  state.isOver = true;
  await running;
  expectOnlyUnavailable(load.calls);
  expectOnlyUnavailable(load.deliveries);
  const again = await inParallel(load.refused, 8, (event) => bed.deliver(event));
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
  const isTold = async () => (await mirrored(bed)).get(first.subscriptionId)?.isEnding;
  const leftMs = recoverySec * 1000 - (performance.now() - startedAt);
  await expect.poll(isTold, { timeout: leftMs, interval: 50 }).toBe(isEnding);
  await untilWorkedOff(bed);
  const dead = await bed.owner
    .selectFrom("private.webhook_inbox")
    .select("event_id")
    .where("status", "=", "dead")
    .execute();
  expect(dead).toEqual([]);
  expectCalmLog(bed);
});

test("a caller with a session is told to come again and not to sign in, and is known again afterwards", async () => {
  const asUser = { authorization: `Bearer ${accessToken(await createTestUser(bed.owner))}` };
  const own = "/trpc/organizations.list";
  expect((await bed.get(own, asUser)).status).toBe(200);
  await bed.postgres.kill();
  await expect.poll(() => statusesOf([list])).toEqual([503]);
  const refused = await bed.get(own, asUser);
  expect(refused.status).toBe(503);
  expect(refused.retryAfterSec).toBeGreaterThan(0);
  await bed.postgres.start();
  await expect.poll(async () => (await bed.get(own, asUser)).status, { timeout: 10_000 }).toBe(200);
});

test("a batch of which each call is refused carries Retry-After, and each call says the same", async () => {
  await bed.postgres.kill();
  // Its processes answer for a moment longer.
  await expect.poll(() => statusesOf([list, list])).toEqual([503, 503]);
  const input = encodeURIComponent(JSON.stringify({ 0: { json: {} }, 1: { json: {} } }));
  const answer = await bed.get(`/trpc/products.list,products.list?batch=1&input=${input}`);
  expect(answer.status).toBe(503);
  expect(answer.retryAfterSec).toBeGreaterThan(0);
  expect(answer.body.match(/"appCode":"core.unavailable"/g)).toHaveLength(2);
  expect(answer.body.match(/"retryAfterSec":\d+/g)).toHaveLength(2);
  await bed.postgres.start();
  await expect.poll(() => statusesOf([list]), { timeout: 10_000 }).toEqual([200]);
});
