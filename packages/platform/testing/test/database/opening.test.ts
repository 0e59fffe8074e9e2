import { CompiledQuery, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Identity } from "@turnpike/core";
import { systemIdentity } from "@turnpike/core";
import type { Database } from "@turnpike/database";
import { databasePort, openDatabase } from "@turnpike/database";
import type { TestDatabase } from "@turnpike/testing";
import { createTestDatabase } from "@turnpike/testing";
import type { CountingWire } from "./round-trips.ts";
import { openCountingWire } from "./round-trips.ts";

let database: TestDatabase;
let wire: CountingWire;
let pool: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  wire = await openCountingWire(database.apiUrl);
  pool = openDatabase({ url: wire.url, max: 1 });
});
afterAll(async () => {
  await pool.close();
  await wire.close();
  await database.drop();
});
beforeEach(async () => {
  await sql`select 1`.execute(pool.db);
  wire.take();
});

const currentRole = sql<{ role: string; transaction: string }>`
  select current_user::text as role, pg_current_xact_id()::text as transaction`;

test("a transaction that reads once waits for the server three times: it opens, reads, commits", async () => {
  const { rows } = await databasePort(pool.db).transaction(systemIdentity, (trx) => currentRole.execute(trx));
  expect(rows).toMatchObject([{ role: "service_role" }]);
  expect(wire.take()).toBe(3);
});

test("claims arrive as they are, whatever quotes, backslashes and statements stand in them", async () => {
  const text = String.raw`it's \' '' "; drop table profiles; -- $$ %s é 😀 \\'`;
  const identity: Identity = { role: "authenticated", claims: { role: "authenticated", [text]: text } };
  const { rows } = await databasePort(pool.db).transaction(identity, (trx) =>
    sql<{ claims: unknown }>`select current_setting('request.jwt.claims')::json as claims`.execute(trx),
  );
  expect(rows).toEqual([{ claims: identity.claims }]);
});

test("where the identity cannot be taken nothing else runs, and the connection is clean for the next one", async () => {
  const timeouts = { statementMs: -1, lockMs: 5000, idleMs: 5000 };
  let hasRun = false;
  const refused = databasePort(pool.db, timeouts).transaction(systemIdentity, async () => (hasRun = true));
  await expect(refused).rejects.toMatchObject({ code: "22023" });
  expect(hasRun).toBe(false);
  const { rows } = await currentRole.execute(pool.db);
  expect(rows).toMatchObject([{ role: "turnpike_api" }]);
  expect((await currentRole.execute(pool.db)).rows).not.toEqual(rows);
});

test("a transaction that brings no opening statement is one all the same", async () => {
  const seen = await pool.db.transaction().execute(async (trx) => {
    const both = await Promise.all([currentRole.execute(trx), currentRole.execute(trx)]);
    return both.map(({ rows }) => rows[0]?.transaction);
  });
  expect(new Set(seen).size).toBe(1);
  expect(wire.take()).toBe(4);
});

test("a transaction without a statement never reaches the server, whether it succeeds or fails", async () => {
  await pool.db.transaction().execute(async () => undefined);
  const failed = pool.db.transaction().execute(async () => Promise.reject(new Error("no")));
  await expect(failed).rejects.toThrow("no");
  expect(wire.take()).toBe(0);
});

test("what was used in a transaction cannot be used after it", async () => {
  const kept = await databasePort(pool.db).transaction(systemIdentity, async (trx) => trx);
  await expect(currentRole.execute(kept)).rejects.toThrow(/committed/);
});

test("an opening statement does not open a transaction whose settings it would drop", async () => {
  const settled = pool.db.transaction().setIsolationLevel("serializable");
  const opened = settled.execute((trx) => trx.executeQuery(CompiledQuery.raw("begin; select 1")));
  await expect(opened).rejects.toThrow(/settings/);
  const level = await settled.execute((trx) =>
    sql<{ level: string }>`select current_setting('transaction_isolation') as level`.execute(trx),
  );
  expect(level.rows).toEqual([{ level: "serializable" }]);
});
