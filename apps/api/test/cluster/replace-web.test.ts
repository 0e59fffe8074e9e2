import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "@turnpike/database";
import type { Cluster } from "@turnpike/testing";
import type { Answer } from "./caller.ts";
import { missing, startClusterBed } from "./cluster-bed.ts";
import type { Person } from "./people.ts";
import { makePeople, signIn } from "./people.ts";
import { runScripts } from "./run-script.ts";
import { deliver, goneProduct } from "./stripe-event.ts";

const visitors = 6;
let cluster: Cluster;
beforeAll(async () => {
  if (missing) return;
  cluster = await startClusterBed();
  await runScripts(cluster, ["seed-demo-data.ts"]);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  if (!missing) await cluster.close();
});

interface Tally {
  answered: number;
  failed: string[];
  granted: number;
  delivered: string[];
  /** Told at each answer and each failure. */
  changes: EventEmitter;
}

/** One visitor's calls, one after the other, until it is told to end: a public query, a signed-in one, a mutation, a webhook. */
async function visit(person: Person, headers: Record<string, string>, tally: Tally, end: AbortSignal): Promise<void> {
  const { call, organizationId } = person;
  const note = async (what: string, sent: Promise<Answer>): Promise<boolean> => {
    const answer = await sent.catch((error: unknown) => ({ status: 0, text: String(error) }));
    if (answer.status === 200) tally.answered += 1;
    else tally.failed.push(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
    tally.changes.emit("change");
    return answer.status === 200;
  };
  while (!end.aborted) {
    await note("products.list", call.query("products.list"));
    await note("access.check", call.query("billing.access.check", { feature: "projects" }, headers));
    const grant = { organizationId, feature: "projects", limit: 1, reason: "load" };
    if (await note("grants.create", call.mutate("billing.grants.create", grant, headers))) tally.granted += 1;
    const id = `evt_${crypto.randomUUID()}`;
    const sent = deliver(call, cluster, { id, type: "product.updated", object: goneProduct });
    if (await note("webhook", sent)) tally.delivered.push(id);
    // The rate of the load, not a wait for anything: below the limit of an actor, 600 calls a minute.
    await pause(150);
  }
}

test("no call fails while each web process is asked to end under load and a new one takes its place", async () => {
  const people = await makePeople(cluster, visitors, true);
  const end = new AbortController();
  const tally: Tally = { answered: 0, failed: [], granted: 0, delivered: [], changes: new EventEmitter() };
  const running = await Promise.all(people.map(async (person) => ({ person, headers: await signIn(person) })));
  const visits = running.map(({ person, headers }) => visit(person, headers, tally, end.signal));
  const untilAnswered = async (more: number): Promise<void> => {
    const goal = tally.answered + more;
    while (tally.answered < goal && tally.failed.length === 0) await once(tally.changes, "change");
  };
  await untilAnswered(100);
  const before = cluster.webs.slice();
  for (const old of before) {
    const gone = old.terminate();
    await untilAnswered(50);
    expect(await gone).toBe(0);
    const fresh = await cluster.startWeb();
    expect(cluster.balancer.ready()).toContain(fresh.url);
    await untilAnswered(100);
  }
  end.abort();
  await Promise.all(visits);
  expect(tally.failed).toEqual([]);
  expect(cluster.balancer.failures).toBe(0);
  expect(await effects(people, tally.delivered)).toEqual({ granted: tally.granted, stored: tally.delivered.length });
});

/** What the database holds of what was answered with 200. */
async function effects(people: Person[], eventIds: string[]): Promise<{ granted: number; stored: number }> {
  const database = openDatabase({ url: cluster.ownerUrl, max: 1 });
  const organizations = people.map(({ organizationId }) => organizationId);
  const { rows } = await sql<{ granted: number; stored: number }>`select
    (select count(*) from access_grants where organization_id = any(${organizations}::uuid[])) as granted,
    (select count(*) from private.webhook_inbox where event_id = any(${eventIds})) as stored`.execute(database.db);
  await database.close();
  return rows[0] ?? { granted: -1, stored: -1 };
}
