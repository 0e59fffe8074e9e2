import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import type { Cluster } from "@turnpike/testing";
import { missing, startClusterBed } from "./cluster-bed.ts";
import { makePeople, signIn } from "./people.ts";
import { runScripts } from "./run-script.ts";
import { deliver } from "./stripe-event.ts";
import type { Subscriber } from "./subscribers.ts";
import { subscribe } from "./subscribers.ts";

const customers = 80;
const events = 1000;
let cluster: Cluster;
let owner: Database;
let subscribers: Subscriber[];
beforeAll(async () => {
  if (missing) return;
  cluster = await startClusterBed({ workers: 0 });
  owner = openDatabase({ url: cluster.ownerUrl, max: 2 });
  await runScripts(cluster, ["seed-demo-data.ts"]);
  subscribers = await subscribe(cluster, await makePeople(cluster, customers));
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  if (missing) return;
  await owner.close();
  await cluster.close();
});

const Count = z.object({ status: z.string(), count: z.coerce.number() });

/** How many stored events there are of each status. */
async function inbox(): Promise<Record<string, number>> {
  const { rows } = await owner.query("select status::text, count(*) from private.webhook_inbox group by 1");
  return Object.fromEntries(
    Count.array()
      .parse(rows)
      .map(({ status, count }) => [status, count]),
  );
}

async function total(): Promise<number> {
  return Object.values(await inbox()).reduce((sum, count) => sum + count, 0);
}

/** How many customers somebody is at. */
async function leases(): Promise<number> {
  const { rows } = await owner.query("select from private.webhook_leases where expires_at > clock_timestamp()");
  return rows.length;
}

/** Tells of these subscriptions in turn, each event twice, until so many more events are stored. */
async function deliverTwice(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { person, subscriptionId } = subscribers[index % subscribers.length] ?? fail();
    const object = { object: "subscription", id: subscriptionId };
    const event = { id: `evt_${crypto.randomUUID()}`, type: "customer.subscription.updated", object };
    const answers = await Promise.all([deliver(person.call, cluster, event), deliver(person.call, cluster, event)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  }
}

function fail(): never {
  throw new Error("nobody has subscribed");
}

async function untilPending(isReached: (pending: number) => boolean, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const { pending = 0 } = await inbox();
    if (isReached(pending)) return;
    if (Date.now() > deadline) throw new Error(`${pending} events are still pending`);
    await pause(10);
  }
}

/** What became of each subscription: events of ours with their count, over all that Stripe sent. */
async function domainEvents(): Promise<unknown[]> {
  const { rows } = await sql`
    select name, count(*)::int as events, count(distinct data ->> 'stripeSubscriptionId')::int as subscriptions
    from private.events where name like 'billing.%' and data ? 'stripeSubscriptionId' group by name order by name`.execute(
    owner.db,
  );
  return rows;
}

const onceEach = [
  { name: "billing.invoice_paid", events: customers, subscriptions: customers },
  { name: "billing.subscription_activated", events: customers, subscriptions: customers },
  { name: "billing.subscription_created", events: customers, subscriptions: customers },
];

test("a worker that is killed in the middle of 1 000 events leaves them to the next one, and each takes effect once", async () => {
  await deliverTwice(events - (await total()));
  expect(await total()).toBe(events);
  const { pending: before = 0 } = await inbox();
  const killed = await cluster.startWorker();
  await untilPending((pending) => pending < before * 0.8, 30_000);
  await killed.kill();
  const { pending: left = 0 } = await inbox();
  expect(left).toBeGreaterThan(0);
  expect(await leases()).toBeGreaterThan(0);
  await cluster.startWorker();
  await untilPending((pending) => pending === 0, 60_000);
  expect(Object.keys(await inbox()).toSorted()).toEqual(["done", "ignored"]);
  expect(await total()).toBe(events);
  expect(await domainEvents()).toEqual(onceEach);
  const { rows } = await owner.query("select status::text, count(*)::int from subscriptions group by 1");
  expect(rows).toEqual([{ status: "active", count: customers }]);
  for (const { person } of subscribers.slice(0, 3)) {
    const { text } = await person.call.query("billing.access.check", { feature: "projects" }, await signIn(person));
    expect(text).toContain('"granted":true');
  }
}, 180_000);

test("a worker that is asked to end in the middle hands its jobs back: none is held, and the next one goes on at once", async () => {
  await Promise.all(cluster.workers.map((worker) => worker.terminate()));
  await deliverTwice(400);
  const askedAt = new Date();
  const asked = await cluster.startWorker();
  await untilPending((pending) => pending < 350, 30_000);
  expect(await asked.terminate()).toBe(0);
  const { pending: left = 0 } = await inbox();
  expect(left).toBeGreaterThan(0);
  // What the killed worker of the test before was at still counts as running.
  const { rows } = await owner.query("select from pgboss.job where state = 'active' and started_on > $1", [askedAt]);
  expect(rows).toEqual([]);
  expect(await leases()).toBe(0);
  await cluster.startWorker();
  await untilPending((pending) => pending === 0, 20_000);
  expect(await domainEvents()).toEqual(onceEach);
});
