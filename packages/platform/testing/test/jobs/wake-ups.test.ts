import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createCtx, defineJob, defineModule, newId } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import { startJobs, startWorkers } from "@turnpike/jobs";
import type { Jobs } from "@turnpike/jobs";
import type { SystemPgbouncer, TestApp } from "@turnpike/testing";
import {
  createTestApp,
  createTestLog,
  hasSystemPgbouncer,
  noPgbouncerReason,
  startSystemPgbouncer,
} from "@turnpike/testing";
import { openSilentWay } from "./support/silent-way.ts";

const rung: string[] = [];
const bell = defineModule({
  name: "bell",
  jobs: [
    defineJob({
      queue: "bell.ring",
      schema: z.object({ id: z.string() }),
      retryLimit: 0,
      handle: async (_ctx, { id }) => void rung.push(id),
    }),
  ],
});

const hasPgbouncer = await hasSystemPgbouncer();
let app: TestApp;
let pooler: SystemPgbouncer;
let database: Database;
beforeAll(async () => {
  if (!hasPgbouncer) return;
  app = await createTestApp({ modules: [bell] });
  pooler = await startSystemPgbouncer({ databaseUrl: app.database.directUrl, poolSize: 2 });
  database = openDatabase({ url: pooler.url });
});
beforeEach((ctx) => {
  if (!hasPgbouncer) ctx.skip(noPgbouncerReason);
});
afterAll(async () => {
  if (!hasPgbouncer) return;
  await database.close();
  await pooler.stop();
  await app.close();
});

type Runner = Pick<Database, "query">;

/** A worker or a web process's queue, whose statements go through the pooler. */
async function start(
  listenUrl: string,
  { isWorker = true, ...others }: { isWorker?: boolean; wakeUpCheckMs?: number; database?: Runner } = {},
): Promise<Jobs & { log: ReturnType<typeof createTestLog> }> {
  const log = createTestLog();
  const jobs = await startJobs({ database, listenUrl, modules: [bell], log, isWorker, ...others });
  const ctx = () => createCtx(app.deps, { type: "system", job: "test" }, { requestId: newId() });
  if (isWorker) await startWorkers(jobs, [bell], ctx);
  return { ...jobs, log };
}

const events = ({ log }: { log: ReturnType<typeof createTestLog> }) => log.entries.map(({ event }) => event);

/** The milliseconds from the commit of a job to its run. */
async function ring({ boss }: Jobs): Promise<number> {
  const id = newId();
  await boss.send("bell.ring", { id });
  const sentAt = performance.now();
  await vi.waitFor(() => expect(rung).toContain(id), { timeout: 10_000, interval: 5 });
  return performance.now() - sentAt;
}

const sessions = async (): Promise<number> =>
  (
    await sql<{ pid: number }>`select pid from pg_stat_activity
      where application_name = 'turnpike-wake-ups' and datname = current_database()`.execute(app.owner)
  ).rows.length;

test("a worker holds one session connection and runs a job far sooner than it polls; a web process holds none", async () => {
  const web = await start(app.database.directUrl, { isWorker: false });
  expect(await sessions()).toBe(0);
  const worker = await start(app.database.directUrl);
  await vi.waitFor(async () => expect(await sessions()).toBe(1));
  const lags: number[] = [];
  for (let count = 0; count < 20; count += 1) lags.push(await ring(web));
  // Polling every two seconds takes one on average.
  expect(lags.toSorted((a, b) => a - b)[10]).toBeLessThan(200);
  expect(events(worker)).toEqual([]);
  await worker.stop(0);
  await web.stop(0);
  expect(await sessions()).toBe(0);
});

test("when the session connection is cut, jobs are found by polling and it is opened again", async () => {
  const worker = await start(app.database.directUrl);
  await vi.waitFor(async () => expect(await sessions()).toBe(1));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'turnpike-wake-ups' and datname = current_database()`.execute(app.owner);
  await vi.waitFor(() => expect(events(worker)).toContain("jobs.wake_ups_lost"));
  expect(await ring(worker)).toBeLessThan(5_000);
  await vi.waitFor(() => expect(events(worker)).toEqual(["jobs.wake_ups_lost", "jobs.wake_ups_heard"]), {
    timeout: 10_000,
  });
  expect(await sessions()).toBe(1);
  await worker.stop(0);
});

test("when the way to the session connection loses everything, it is found out and another is opened", async () => {
  await using way = await openSilentWay(app.database.directUrl);
  const worker = await start(way.url, { wakeUpCheckMs: 50 });
  expect(await ring(worker)).toBeLessThan(5_000);
  way.silence();
  await vi.waitFor(() => expect(events(worker)).toContain("jobs.wake_ups_lost"), { timeout: 15_000 });
  await vi.waitFor(() => expect(events(worker)).toEqual(["jobs.wake_ups_lost", "jobs.wake_ups_heard"]), {
    timeout: 10_000,
  });
  await worker.stop(0);
});

test("a transaction pooler in place of the session connection is found out, said once, and polled around", async () => {
  const worker = await start(pooler.url);
  await vi.waitFor(() => expect(events(worker)).toContain("jobs.wake_ups_lost"), { timeout: 20_000 });
  expect(worker.log.entries[0]?.fields["error"]).toMatchObject({ message: expect.stringMatching(/did not arrive/) });
  expect(await ring(worker)).toBeLessThan(5_000);
  await worker.stop(0);
});

test("a worker starts, and works, while nobody answers at the session connection's address", async () => {
  const worker = await start("postgresql://nobody@127.0.0.1:9/none");
  await vi.waitFor(() => expect(events(worker)).toEqual(["jobs.wake_ups_lost"]));
  expect(await ring(worker)).toBeLessThan(5_000);
  await worker.stop(0);
});

test("a job's wake-up that arrives together with the one that is tried out does not hide it", async () => {
  const web = await start(app.database.directUrl, { isWorker: false });
  let tried = 0;
  const busy: Runner = {
    async query(text, values) {
      if (!text.startsWith("select pg_notify($1")) return database.query(text, values);
      return database.db.transaction().execute(async (tx) => {
        await web.port.enqueue(tx, "bell.ring", [{ data: { id: newId() } }]);
        tried += 1;
        return sql`select pg_notify(${values?.[0]}, '')`.execute(tx);
      });
    },
  };
  const worker = await start(app.database.directUrl, { database: busy, wakeUpCheckMs: 20 });
  // The next one is sent once the last one was heard.
  await vi.waitFor(() => expect(tried).toBeGreaterThan(10), { timeout: 4_000 });
  expect(events(worker)).toEqual([]);
  await worker.stop(0);
  await web.stop(0);
});

test("a session connection that logs in and then waits for ever keeps no worker from starting or ending", async () => {
  const free = Promise.withResolvers<void>();
  const held = [1, 2].map(() =>
    database.db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await free.promise;
    }),
  );
  const direct = openDatabase({ url: app.database.directUrl });
  const ended = await start(pooler.url, { database: direct });
  const endingAt = performance.now();
  await ended.stop(0);
  expect(performance.now() - endingAt).toBeLessThan(3_000);
  const worker = await start(pooler.url, { database: direct });
  expect(await ring(worker)).toBeLessThan(5_000);
  await vi.waitFor(() => expect(events(worker)).toEqual(["jobs.wake_ups_lost"]), { timeout: 10_000 });
  await worker.stop(0);
  free.resolve();
  await Promise.all([...held, direct.close()]);
});
