import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Client } from "@turnpike/client";
import type { Cluster, ServerProcess } from "@turnpike/testing";
import { missing, startClusterBed } from "./cluster-bed.ts";
import type { Followed, Person, StreamBed } from "./stream-bed.ts";
import { follow, openStreamBed } from "./stream-bed.ts";

let cluster: Cluster;
let bed: StreamBed;
let operator: Person;
beforeAll(async () => {
  if (missing) return;
  cluster = await startClusterBed({ workers: 0 });
  bed = await openStreamBed(cluster);
  operator = await bed.createPerson(true);
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(async () => {
  if (missing) return;
  await bed.close();
  await cluster.close();
});

function webs(): [ServerProcess, ServerProcess] {
  const [a, b] = cluster.webs;
  if (!a || !b) throw new Error("two web processes run");
  return [a, b];
}

/** Gives access and takes it back: two events of the organization. */
async function change(client: Client, organizationId: string): Promise<void> {
  const grant = { organizationId, feature: bed.feature, reason: "to be told of it" };
  const { id: grantId } = await client.billing.grants.create.mutate(grant);
  await client.billing.grants.revoke.mutate({ grantId });
}

/** What a stream has told is what the log holds since it began: nothing is missing, nothing came twice, all in order. */
async function hasTheWholeLog({ events }: Followed, { organizationId }: Person, before: number): Promise<void> {
  const log = (await bed.logOf(organizationId)).slice(before);
  await vi.waitFor(() => expect(events.map(({ id }) => id)).toEqual(log), { timeout: 30_000, interval: 50 });
}

test("an event on one instance reaches a client on the other, at once", async () => {
  const [a, b] = webs();
  const person = await bed.createPerson();
  const stream = follow(person.at(b.url));
  await stream.started;
  const startedAt = performance.now();
  await operator.at(a.url).billing.grants.create.mutate({
    organizationId: person.organizationId,
    feature: bed.feature,
    reason: "to be told of it",
  });
  await vi.waitFor(() => expect(stream.events).toHaveLength(1), { interval: 5, timeout: 5000 });
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(stream.events[0]).toMatchObject({
    name: "billing.access_changed",
    occurredAt: expect.any(Date),
    data: { organizationId: person.organizationId, changes: [{ feature: bed.feature, granted: true }] },
  });
  stream.leave();
});

test("instances are killed and replaced under a client: it resumes, with no gap and no repeat", async () => {
  const person = await bed.createPerson();
  const streams = [follow(person.at()), follow(person.at())];
  await Promise.all(streams.map(({ started }) => started));
  let isOver = false;
  const load = async (): Promise<void> => {
    // A call whose process is killed fails, whether or not it was done; the log says what was.
    while (!isOver) await change(operator.at(), person.organizationId).catch(() => undefined);
  };
  const loads = [load(), load()];
  const [a, b] = webs();
  await a.kill();
  await cluster.startWeb();
  expect(await b.terminate()).toBe(0);
  await cluster.startWeb();
  await webs()[0].kill();
  await cluster.startWeb();
  isOver = true;
  await Promise.all(loads);
  const log = await bed.logOf(person.organizationId);
  expect(log.length).toBeGreaterThan(10);
  for (const stream of streams) {
    await hasTheWholeLog(stream, person, 0);
    expect(stream.starts()).toBeGreaterThan(1);
    stream.leave();
  }
}, 120_000);

test("a process that is asked to end does not wait for its streams", async () => {
  const person = await bed.createPerson();
  const [a] = webs();
  const stream = follow(person.at(a.url));
  await stream.started;
  const askedAt = performance.now();
  expect(await a.terminate()).toBe(0);
  // Two seconds of notice to the balancer are part of it.
  expect(performance.now() - askedAt).toBeLessThan(8000);
  stream.leave();
  await cluster.startWeb();
}, 60_000);

test("Redis is killed and comes back: events are told late, and none is lost", async () => {
  const person = await bed.createPerson();
  const [a, b] = webs();
  const stream = follow(person.at(b.url));
  await stream.started;
  await cluster.redis.kill();
  await change(operator.at(a.url), person.organizationId);
  await hasTheWholeLog(stream, person, 0);
  await cluster.redis.restart();
  await change(operator.at(a.url), person.organizationId);
  await hasTheWholeLog(stream, person, 0);
  expect(stream.events).toHaveLength(4);
  stream.leave();
}, 60_000);

test("the way to PostgreSQL is lost and comes back: the stream goes on where it was", async () => {
  const person = await bed.createPerson();
  const stream = follow(person.at());
  await stream.started;
  await change(operator.at(), person.organizationId);
  await hasTheWholeLog(stream, person, 0);
  await cluster.pgbouncer.kill();
  await expect(change(operator.at(), person.organizationId)).rejects.toMatchObject({ status: 503 });
  await cluster.pgbouncer.restart();
  await vi.waitFor(() => change(operator.at(), person.organizationId), { timeout: 20_000 });
  await hasTheWholeLog(stream, person, 0);
  expect(stream.events.length).toBeGreaterThanOrEqual(4);
  stream.leave();
}, 60_000);

test("signing out on one instance ends the stream on the other, with the reason", async () => {
  const person = await bed.createPerson();
  const [a, b] = webs();
  const openedAt = performance.now();
  const stream = follow(person.at(b.url));
  await stream.started;
  await person.at(a.url).auth.signOut.mutate({ scope: "all" });
  expect(await stream.refused).toMatchObject({ name: "TurnpikeError", status: 401, appCode: "auth.session_over" });
  // The first check of a process that had no stream comes after 10 s: it was not that which found it.
  expect(performance.now() - openedAt).toBeLessThan(10_000);
}, 30_000);

test("a session that is revoked at Supabase ends the stream within a minute, with the reason", async () => {
  const person = await bed.createPerson();
  const stream = follow(person.at());
  await stream.started;
  const revokedAt = performance.now();
  await sql`delete from auth.sessions where user_id = ${person.userId}`.execute(bed.owner);
  const error = await stream.refused;
  expect(performance.now() - revokedAt).toBeLessThan(60_000);
  expect(error).toMatchObject({ status: 401, appCode: "auth.session_over" });
}, 70_000);
