import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isDatabaseDown } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import type { Database, PoolOptions } from "@turnpike/database";
import { startSystemPostgres } from "@turnpike/local-postgres";
import { createTestDatabase, hasSystemPostgres, noPostgresReason, systemPostgresVersion } from "@turnpike/testing";
import type { TestDatabase } from "@turnpike/testing";

let server: TestDatabase;
const opened: Database[] = [];
beforeEach(async () => {
  server = await createTestDatabase();
});
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  await server.drop();
});

function open(options: Partial<PoolOptions> = {}): Database["db"] {
  const database = openDatabase({ url: server.ownerUrl, ...options });
  opened.push(database);
  return database.db;
}

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => error,
  );
const select1 = (db: Database["db"]) => sql<{ one: number }>`select 1 as one`.execute(db);

/** Ends the pool's other connections as a restart does. */
const terminate = (db: Database["db"], name: string) =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`.execute(db);

const backends = async (db: Database["db"], name: string) => {
  const query = sql<{
    wait_event: string | null;
  }>`select wait_event from pg_stat_activity where application_name = ${name}`;
  return (await query.execute(db)).rows;
};

test("a connection that is cut between two statements of a transaction fails the next one, and the process lives", async () => {
  const owner = open();
  const db = open({ applicationName: "to-be-cut", max: 1 });
  const error = await failure(
    db.transaction().execute(async (trx) => {
      await select1(owner);
      await sql`select 1`.execute(trx);
      await terminate(owner, "to-be-cut");
      // The news arrives while nothing is asked: a backend that is gone has closed its socket.
      await vi.waitFor(async () => expect(await backends(owner, "to-be-cut")).toEqual([]));
      await nextTurn();
      await sql`select 1`.execute(trx);
    }),
  );
  expect(isDatabaseDown(error)).toBe(true);
  expect((await select1(db)).rows).toEqual([{ one: 1 }]);
});

test("a connection that is cut in the middle of a statement fails it, is told once, and the pool has another", async () => {
  const owner = open();
  const lost: Error[] = [];
  const db = open({ applicationName: "to-be-cut", max: 1, onError: (error) => lost.push(error) });
  const slow = failure(db.transaction().execute((trx) => sql`select pg_sleep(30)`.execute(trx)));
  await vi.waitFor(async () => {
    expect(await backends(owner, "to-be-cut")).toEqual([{ wait_event: "PgSleep" }]);
  });
  await terminate(owner, "to-be-cut");
  expect(isDatabaseDown(await slow)).toBe(true);
  expect((await select1(db)).rows).toEqual([{ one: 1 }]);
  expect(lost).toHaveLength(1);
});

test("an idle connection that is cut is told to who asked, and replaced", async () => {
  const lost: Error[] = [];
  const owner = open();
  const db = open({ applicationName: "to-be-cut", onError: (error) => lost.push(error) });
  await select1(db);
  await terminate(owner, "to-be-cut");
  await vi.waitFor(() => expect(lost).toHaveLength(1));
  expect((await select1(db)).rows).toEqual([{ one: 1 }]);
});

test("who finds the queue full is refused at once, who waits too long is refused then, and the rest is served", async () => {
  const db = open({ max: 1, maxWaiting: 2, connectTimeoutMs: 1500 });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holder = db.connection().execute(() => (held.resolve(), released));
  await held.promise;
  const waiting = [failure(select1(db)), failure(select1(db))];
  const startedAt = performance.now();
  expect(await failure(select1(db))).toMatchObject({ appCode: "core.unavailable", retryAfterSec: 1 });
  expect(performance.now() - startedAt).toBeLessThan(500);
  for (const error of await Promise.all(waiting)) expect(isDatabaseDown(error)).toBe(true);
  const patient = select1(db);
  release();
  expect((await patient).rows).toEqual([{ one: 1 }]);
  await holder;
});

test("a statement that takes its time is not taken for a silent server, one that takes for ever is", async () => {
  const db = open({ connectTimeoutMs: 200, silenceMs: 1200 });
  const slow = (seconds: number) => db.transaction().execute((trx) => sql`select pg_sleep(${seconds})`.execute(trx));
  expect(await failure(slow(0.7))).toBe("none");
  expect(isDatabaseDown(await failure(slow(5)))).toBe(true);
});

test("a server that stops answering fails what waits for it, and is used again when it goes on", async (ctx) => {
  if (!(await hasSystemPostgres())) ctx.skip(noPostgresReason);
  const frozen = await startSystemPostgres(systemPostgresVersion);
  const db = open({ url: frozen.url, connectTimeoutMs: 500, max: 2 });
  try {
    await select1(db);
    frozen.freeze();
    const startedAt = performance.now();
    // Two on connections that are there, two that wait for one of them.
    const errors = await Promise.all([1, 2, 3, 4].map(() => failure(db.transaction().execute(select1))));
    expect(errors.map(isDatabaseDown)).toEqual([true, true, true, true]);
    expect(performance.now() - startedAt).toBeLessThan(2500);
    frozen.thaw();
    await vi.waitFor(async () => expect((await select1(db)).rows).toEqual([{ one: 1 }]), { timeout: 5000 });
  } finally {
    await frozen.stop();
  }
});
