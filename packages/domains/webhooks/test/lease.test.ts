import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { handRun } from "./hand-run.ts";
import { createGate, createMirrorTables, createRemote, effectsOf, mirrorOf } from "./mirror-bed.ts";
import { startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

// Runs are started by hand here, so that a test can stop one in the middle.
const remote = createRemote();
let bed: WebhookBed;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)], runWorkers: false });
  await createMirrorTables(bed.app.owner);
});
afterAll(() => bed.close());
beforeEach(() => {
  remote.onRead = async () => undefined;
  remote.maxReaders = 0;
});

const { work, queued, rowOf, age, deliver } = handRun(() => bed);

test("twenty workers at once on one customer apply its events once", async () => {
  remote.states.set("sub_a", "active");
  const { subject, eventId } = await deliver("sub_a");
  await Promise.all(Array.from({ length: 20 }, () => work(subject)));
  expect(remote.maxReaders).toBe(1);
  expect(await rowOf(eventId)).toMatchObject({ status: "done", attempts: 1 });
  expect(await effectsOf(bed.app.owner, "sub_a")).toEqual(["active"]);
});

test("a holder that was replaced after its lease ran out writes nothing", async () => {
  const [reading, gate] = [createGate(), createGate()];
  remote.states.set("sub_b", "stale");
  remote.onRead = async () => {
    reading.open();
    await gate.opened;
  };
  const { subject, eventId } = await deliver("sub_b");
  const slow = work(subject);
  await reading.opened;
  remote.onRead = async () => undefined;
  remote.states.set("sub_b", "active");
  await work(subject);
  expect((await rowOf(eventId)).status).toBe("pending");
  await sql`update private.webhook_leases set expires_at = now() - interval '1 second' where subject = ${subject}`.execute(
    bed.app.owner,
  );
  await work(subject);
  gate.open();
  await slow;
  expect(await effectsOf(bed.app.owner, "sub_b")).toEqual(["active"]);
  expect(await rowOf(eventId)).toMatchObject({ status: "done", attempts: 1 });
  expect(bed.app.log.entries.map(({ event }) => event)).toContain("webhooks.lease_lost");
});

test("a read that never ends is given up before the lease runs out, and tried again later", async () => {
  remote.onRead = () => new Promise(() => undefined);
  const { subject, eventId } = await deliver("sub_c");
  await work(subject, { leaseSec: 60, readDeadlineMs: 20 });
  const row = await rowOf(eventId);
  expect(row).toMatchObject({
    status: "pending",
    attempts: 1,
    faults: 0,
    last_error: "DeadlineError: No answer within 20 ms.",
  });
  const jobs = await queued(subject);
  expect(jobs.map(({ startAfter }) => startAfter)).toContainEqual(row.due_at);
});

test("an event that failed is not touched before it is due", async () => {
  remote.states.set("sub_d", "refused");
  const { subject, eventId } = await deliver("sub_d");
  await work(subject);
  await work(subject);
  expect(await rowOf(eventId)).toMatchObject({ status: "pending", attempts: 1, faults: 1 });
  remote.states.set("sub_d", "active");
  await age(subject, "1 minute");
  await work(subject);
  expect(await rowOf(eventId)).toMatchObject({ status: "done", attempts: 2, last_error: null });
});

test("a run takes at most a hundred events and goes on until none is left", async () => {
  remote.states.set("sub_h", "active");
  remote.reads = [];
  const delivered = await Promise.all(Array.from({ length: 130 }, () => deliver("sub_h")));
  await work("customer:cus_sub_h");
  const rows = await Promise.all(delivered.map(({ eventId }) => rowOf(eventId)));
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["done"]));
  expect(remote.reads).toEqual(["sub_h", "sub_h"]);
});
