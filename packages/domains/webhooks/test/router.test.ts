import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCallerFactory } from "@turnpike/core";
import type { Actor } from "@turnpike/core";
import { processJob } from "../src/jobs.ts";
import { webhooksRouter } from "../src/router.ts";
import { processSubject } from "../src/service/process-subject.ts";
import { createMirrorTables, createRemote, effectsOf, mirrorOf } from "./mirror-bed.ts";
import { eventOf, startWebhookBed } from "./webhook-bed.ts";
import type { WebhookBed } from "./webhook-bed.ts";

const remote = createRemote();
const createCaller = createCallerFactory(webhooksRouter);
let bed: WebhookBed;
let operator: Actor;

beforeAll(async () => {
  bed = await startWebhookBed({ mirrors: [mirrorOf(remote)], runWorkers: false });
  await createMirrorTables(bed.app.owner);
  operator = (await bed.app.createUser({ isOperator: true })).actor;
});
afterAll(() => bed.close());

const as = (actor: Actor) => createCaller(bed.app.ctxOf(actor)).inbox;
const work = (subject: string) =>
  processSubject(bed.app.ctxOf({ type: "system", job: "webhooks.process" }), { subject, job: processJob });

async function store(id: string, changes: object = {}): Promise<{ id: string; eventId: string; subject: string }> {
  const event = eventOf({ object: { object: "subscription", id, customer: `cus_${id}` }, ...changes });
  await bed.deliver(event);
  const row = await bed.app.owner
    .selectFrom("private.webhook_inbox")
    .select(["id", "event_id", "subject"])
    .where("event_id", "=", event.id)
    .executeTakeFirstOrThrow();
  return { id: row.id, eventId: row.event_id, subject: row.subject };
}

test("only operators reach the inbox", async () => {
  const { id } = await store("sub_wrong");
  const stranger = (await bed.app.createUser()).actor;
  const calls = (actor: Actor) => [
    () => as(actor).list(),
    () => as(actor).get({ id }),
    () => as(actor).replay({ id }),
    () => as(actor).replayRange({ from: new Date(0), to: new Date() }),
    () => as(actor).stats(),
  ];
  for (const call of calls(stranger)) await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  for (const call of calls({ type: "anonymous" })) await expect(call()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test.each(["invoice\0paid", "invoice\ud800"])("a type with %j in it is refused with its field", async (type) => {
  const refusal = { code: "BAD_REQUEST", cause: { fieldIssues: [{ path: "type" }] } };
  await expect(as(operator).list({ type })).rejects.toMatchObject(refusal);
  await expect(as(operator).replayRange({ from: new Date(0), to: new Date(), type })).rejects.toMatchObject(refusal);
});

test("the list pages through every event once, the last received first", async () => {
  const stored = [];
  for (let made = 0; made < 5; made += 1) stored.push(await store("sub_page", { type: "test.page" }));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { id: string }[]; nextCursor: string | null } = await as(operator).list({
      type: "test.page",
      limit: 2,
      cursor,
    });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(stored.map(({ id }) => id).toReversed());
});

test("the list filters by status, and an event is got with its exact body", async () => {
  const foreign = await store("sub_live", { livemode: true });
  const { items } = await as(operator).list({ status: "ignored" });
  expect(items.map(({ id }) => id)).toContain(foreign.id);
  expect(new Set(items.map(({ status }) => status))).toEqual(new Set(["ignored"]));
  const event = await as(operator).get({ id: foreign.id });
  expect(JSON.parse(event.body)).toMatchObject({ id: foreign.eventId, livemode: true });
  expect(items[0]).not.toHaveProperty("body");
});

test("bad input names its field, an unknown id is not found", async () => {
  await expect(as(operator).list({ limit: 101 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(as(operator).list({ cursor: "x" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(as(operator).get({ id: "x" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const id = "00000000-0000-7000-8000-000000000000";
  await expect(as(operator).get({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(as(operator).replay({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the last fault lays an event in the dead letter and says so, a replay works it off", async () => {
  remote.states.set("sub_dead", "refused");
  const { id, eventId, subject } = await store("sub_dead");
  await sql`update private.webhook_inbox set faults = 7, attempts = 7 where id = ${id}`.execute(bed.app.owner);
  await work(subject);
  const { items } = await as(operator).list({ status: "dead" });
  expect(items).toEqual([
    expect.objectContaining({ id, attempts: 8, lastError: expect.stringContaining("check constraint") }),
  ]);
  const emitted = await bed.app.owner
    .selectFrom("private.events")
    .select("data")
    .where("name", "=", "webhooks.event_dead_lettered")
    .execute();
  expect(emitted).toEqual([{ data: expect.objectContaining({ inboxId: id, eventId, subject }) }]);
  remote.states.set("sub_dead", "active");
  expect(await as(operator).replay({ id })).toMatchObject({ id, status: "pending", attempts: 0, lastError: null });
  await work(subject);
  expect(await as(operator).get({ id })).toMatchObject({ status: "done", attempts: 1 });
  expect(await effectsOf(bed.app.owner, "sub_dead")).toEqual(["active"]);
});

test("replaying an event twice reads its object anew and changes nothing that is right already", async () => {
  remote.states.set("sub_again", "active");
  const { id, subject } = await store("sub_again");
  await work(subject);
  await as(operator).replay({ id });
  await as(operator).replay({ id });
  await work(subject);
  expect(await as(operator).get({ id })).toMatchObject({ status: "done" });
  expect(await effectsOf(bed.app.owner, "sub_again")).toEqual(["active"]);
});

test("a range is replayed by type and status, without events of the other mode or that wait already", async () => {
  const type = "test.range";
  const from = new Date(Date.now() - 60_000);
  const to = new Date(Date.now() + 60_000);
  const worked = [await store("sub_range", { type }), await store("sub_range", { type })];
  await work("customer:cus_sub_range");
  const waiting = await store("sub_range", { type });
  await store("sub_range", { type, livemode: true });
  expect(await as(operator).replayRange({ from, to, type, status: "dead" })).toEqual({ replayed: 0, nextFrom: null });
  expect(await as(operator).replayRange({ from, to, type })).toEqual({ replayed: 2, nextFrom: null });
  expect(await as(operator).replayRange({ from: new Date(0), to: from, type })).toMatchObject({ replayed: 0 });
  await work("customer:cus_sub_range");
  for (const { id } of [...worked, waiting]) expect((await as(operator).get({ id })).status).toBe("done");
  await expect(as(operator).replayRange({ from: to, to: from })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { fieldIssues: [{ path: "to", message: expect.any(String) }] },
  });
});

test("an event of the other Stripe mode cannot be replayed", async () => {
  const { id } = await store("sub_other", { livemode: true });
  await expect(as(operator).replay({ id })).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await as(operator).get({ id })).status).toBe("ignored");
});

test("the statistics count what waits, what is dead and what came in a day", async () => {
  const before = await as(operator).stats();
  await store("sub_stats", { type: "test.stats" });
  const after = await as(operator).stats();
  expect(after.pending).toBe(before.pending + 1);
  expect(after.oldestPendingAt).toBeInstanceOf(Date);
  expect(after.lastDay).toContainEqual({ type: "test.stats", status: "pending", count: 1 });
});
