import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineEvents, defineJob, defineModule, eventsChannel, listener, newId } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";
import { createTestApp, hasSystemPgbouncer, noPgbouncerReason } from "@turnpike/testing";

const hasPgbouncer = await hasSystemPgbouncer();

const events = defineEvents("garden", { planted: z.object({ organizationId: z.uuid(), tree: z.string() }) });
const handled: string[] = [];
const failures = new Map<string, number>();
const dug: number[] = [];

const dig = defineJob({
  queue: "garden.dig",
  schema: z.object({ depth: z.number() }),
  retryLimit: 0,
  handle: async (_ctx, { depth }) => {
    if (depth < 0) throw new Error("the ground is hard");
    dug.push(depth);
  },
});

const garden = defineModule({
  name: "garden",
  jobs: [dig],
  listeners: [
    listener(events.planted, "water", async (_ctx, event) => {
      const left = failures.get(event.data.tree) ?? 0;
      failures.set(event.data.tree, left - 1);
      if (left > 0) throw new Error("no water yet");
      handled.push(event.data.tree);
    }),
  ],
});

const system = { type: "system", job: "test" } as const;

describe.each([
  ["on connections of its own", false],
  ["through a transaction pooler", true],
])("%s", (_, isPooled) => {
  const isMissing = isPooled && !hasPgbouncer;
  let app: TestApp;
  beforeAll(async () => {
    handled.length = 0;
    dug.length = 0;
    if (!isMissing) app = await createTestApp({ modules: [garden], runWorkers: true, isPooled });
  });
  beforeEach((ctx) => {
    if (isMissing) ctx.skip(noPgbouncerReason);
  });
  afterAll(async () => {
    if (!isMissing) await app.close();
  });

  test("an event reaches its durable listener and the bus after commit", async () => {
    const heard: unknown[] = [];
    await app.deps.bus.subscribe(eventsChannel, (message) => heard.push(message));
    const { actor, organizationId } = await app.createUser();
    const id = await app.ctxOf(actor).tx((tx) => tx.emit(events.planted, { organizationId, tree: "oak" }));
    await app.jobsIdle();
    expect(handled).toContain("oak");
    expect(heard).toEqual([{ id, name: "garden.planted", organizationId }]);
    const row = await app.owner.selectFrom("private.events").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      name: "garden.planted",
      organization_id: organizationId,
      actor: { type: "user", userId: actor.userId },
    });
    expect(JSON.stringify(row.actor)).not.toContain("accessToken");
  });

  test("a transaction that rolls back leaves no event and no job", async () => {
    const { actor, organizationId } = await app.createUser();
    const ctx = app.ctxOf(actor);
    const failed = ctx.tx(async (tx) => {
      await tx.emit(events.planted, { organizationId, tree: "elm" });
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    await app.jobsIdle();
    const rows = await app.owner
      .selectFrom("private.events")
      .select("id")
      .where("organization_id", "=", organizationId)
      .execute();
    expect(rows).toEqual([]);
    expect(handled).not.toContain("elm");
  });

  test("after emitting, the transaction is the actor's again", async () => {
    const { actor, organizationId } = await app.createUser();
    const { organizationId: foreign } = await app.createUser();
    const seen = await app.ctxOf(actor).tx(async (tx) => {
      await tx.emit(events.planted, { organizationId, tree: "ash" });
      return tx.db.selectFrom("organizations").select("id").where("id", "in", [organizationId, foreign]).execute();
    });
    expect(seen).toEqual([{ id: organizationId }]);
  });

  test("a listener that fails is retried until it succeeds, and once only after that", async () => {
    failures.set("fir", 1);
    const ctx = app.ctxOf(system);
    const id = await ctx.tx((tx) => tx.emit(events.planted, { organizationId: newId(), tree: "fir" }));
    await app.jobsIdle();
    expect(handled.filter((tree) => tree === "fir")).toEqual(["fir"]);
    await app.jobs.boss.send("garden.on.water", { eventId: id });
    await app.jobsIdle();
    expect(handled.filter((tree) => tree === "fir")).toEqual(["fir"]);
  });

  test("a job whose data is refused leaves the transaction the actor's", async () => {
    const { actor, organizationId } = await app.createUser();
    const seen = await app.ctxOf(actor).tx(async (tx) => {
      await expect(tx.enqueue(dig, JSON.parse('{"depth":"deep"}'))).rejects.toThrow(/depth/);
      return tx.db.selectFrom("organizations").select("id").execute();
    });
    expect(seen).toEqual([{ id: organizationId }]);
  });

  test("each failure of a job is logged with its queue, job and event, whether or not it is tried again", async () => {
    failures.set("larch", 1);
    const planted = { organizationId: newId(), tree: "larch" };
    const eventId = await app.ctxOf(system).tx((tx) => tx.emit(events.planted, planted));
    await app.jobsIdle();
    const failed = app.log.entries.filter(({ event }) => event === "jobs.failed");
    expect(failed.at(-1)).toMatchObject({ level: "warn", fields: { queue: "garden.on.water", eventId } });
    expect(failed.at(-1)?.fields["jobId"]).toEqual(expect.any(String));
    expect(failed.at(-1)?.fields["error"]).toMatchObject({ message: "no water yet" });
  });

  test("a job with the same id is one job", async () => {
    const id = newId();
    for (let time = 0; time < 2; time += 1) await app.ctxOf(system).tx((tx) => tx.enqueue(dig, { depth: 7 }, { id }));
    await app.jobsIdle();
    expect(dug).toEqual([7]);
  });

  test("a job that fails for good rests in the dead letter with its reason and can be sent again", async () => {
    await app.ctxOf(system).tx((tx) => tx.enqueue(dig, { depth: -1 }));
    await app.jobsIdle();
    const [dead] = await app.deps.jobs.listDeadLetters(10);
    expect(dead).toMatchObject({ queue: "garden.dig", data: { depth: -1 }, error: "the ground is hard" });
    expect(await app.deps.jobs.retryDeadLetter(dead?.id ?? "")).toBe(true);
    expect(await app.deps.jobs.retryDeadLetter(newId())).toBe(false);
    await app.jobsIdle();
    expect(await app.deps.jobs.listDeadLetters(10)).toHaveLength(1);
  });

  test("a job whose process was killed is missed by its heartbeat and done again", async () => {
    const id = newId();
    await app
      .ctxOf(system)
      .tx((tx) => tx.enqueue(dig, { depth: 9 }, { id, startAfter: new Date(Date.now() + 3_600_000) }));
    await sql`update pgboss.job set state = 'active', start_after = now(), started_on = now() - interval '40 seconds',
      heartbeat_on = now() - interval '31 seconds', retry_limit = 1 where id = ${id}`.execute(app.owner);
    await app.jobs.boss.supervise("garden.dig");
    await app.jobsIdle();
    expect(dug).toContain(9);
  });

  test("data that does not fit the event's schema is refused before anything is written", async () => {
    const wrong = app.ctxOf(system).tx((tx) => tx.emit(events.planted, { organizationId: "nobody", tree: "yew" }));
    await expect(wrong).rejects.toThrow(/organizationId/);
  });
});
