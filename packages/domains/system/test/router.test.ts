import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  createCallerFactory,
  defineErrors,
  defineEvents,
  defineJob,
  defineModule,
  listener,
  newId,
  stripeMirror,
} from "@turnpike/core";
import type { Actor } from "@turnpike/core";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";
import system from "../src/index.ts";

const events = defineEvents("quarry", { opened: z.object({}) });
let isHard = true;
const depths: number[] = [];

const dig = defineJob({
  queue: "quarry.dig",
  schema: z.object({ depth: z.number() }),
  retryLimit: 0,
  handle: async (_ctx, { depth }) => {
    if (isHard) throw new Error("the ground is hard");
    depths.push(depth);
  },
});

const quarry = defineModule({
  name: "quarry",
  errors: defineErrors("quarry", { flooded: { kind: "conflict", message: "The quarry is under water." } }),
  events,
  jobs: [dig],
  listeners: [listener(events.opened, "announce", async () => undefined)],
  schedules: [{ name: "close", cron: "0 18 * * *", handle: async () => undefined }],
  stripe: [stripeMirror({ object: "stone", refs: () => [], read: async () => null, apply: async () => undefined })],
});

const createCaller = createCallerFactory(system.router);
let app: TestApp;
let operator: Actor;

beforeAll(async () => {
  app = await createTestApp({ modules: [system, quarry], config: { modulesDisabled: ["quarry"] }, runWorkers: true });
  operator = (await app.createUser({ isOperator: true })).actor;
});
afterAll(() => app.close());

const as = (actor: Actor) => createCaller(app.ctxOf(actor));
const enqueue = (depth: number, startAfter?: Date) =>
  app
    .ctxOf({ type: "system", job: "test" })
    .tx((tx) => tx.enqueue(dig, { depth }, { ...(startAfter && { startAfter }) }));

test("only operators look at the server", async () => {
  const calls = (actor: Actor) => [
    () => as(actor).modules.list(),
    () => as(actor).jobs.stats(),
    () => as(actor).deadLetters.list(),
    () => as(actor).deadLetters.retry({ id: newId() }),
  ];
  const stranger = (await app.createUser()).actor;
  for (const call of calls(stranger)) await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  for (const call of calls({ type: "anonymous" })) await expect(call()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("modules are listed with what they declare and whether they are switched off", async () => {
  const [first, second] = await as(operator).modules.list();
  expect(first).toMatchObject({
    name: "system",
    isDisabled: false,
    jobs: [],
    schedules: [{ name: "retention", cron: "37 3 * * *" }],
  });
  expect(first?.procedures).toContainEqual({ name: "deadLetters.retry", type: "mutation" });
  expect(second).toEqual({
    name: "quarry",
    isDisabled: true,
    procedures: [],
    errors: ["quarry.flooded"],
    events: ["quarry.opened"],
    listeners: [{ name: "announce", event: "quarry.opened" }],
    jobs: ["quarry.dig"],
    schedules: [{ name: "close", cron: "0 18 * * *" }],
    stripeObjects: ["stone"],
  });
});

test("the statistics count jobs that wait as soon as they are there", async () => {
  const queued = async () => (await as(operator).jobs.stats()).find(({ queue }) => queue === "quarry.dig")?.queued;
  expect(await queued()).toBe(0);
  await enqueue(0, new Date(Date.now() + 3_600_000));
  expect(await queued()).toBe(1);
  await app.jobs.boss.deleteQueuedJobs("quarry.dig");
});

test("dead letters are paged, sent again one by one, and then gone", async () => {
  isHard = true;
  for (const depth of [1, 2, 3]) await enqueue(depth);
  await app.jobsIdle();
  const first = await as(operator).deadLetters.list({ limit: 2 });
  const second = await as(operator).deadLetters.list({ limit: 2, cursor: first.nextCursor });
  const letters = [...first.items, ...second.items];
  expect(new Set(letters.map(({ data }) => data["depth"]))).toEqual(new Set([1, 2, 3]));
  expect(letters[0]).toMatchObject({ queue: "quarry.dig", error: "the ground is hard", createdAt: expect.any(Date) });
  expect(second.nextCursor).toBeNull();
  isHard = false;
  const id = letters[0]?.id ?? "";
  expect(await as(operator).deadLetters.retry({ id })).toEqual({ id, status: "queued" });
  await app.jobsIdle();
  expect(depths).toEqual([letters[0]?.data["depth"]]);
  await expect(as(operator).deadLetters.retry({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await as(operator).deadLetters.list()).items).toHaveLength(2);
});

test("a cursor whose job is gone and an id that is none are bad input", async () => {
  await expect(as(operator).deadLetters.list({ cursor: newId() })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { fieldIssues: [{ path: "cursor", message: expect.any(String) }] },
  });
  await expect(as(operator).deadLetters.retry({ id: "1" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
