import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { identityOf, systemIdentity } from "@turnpike/core";
import { databasePort, openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import type { SystemPgbouncer, TestApp } from "@turnpike/testing";
import { createTestApp, hasSystemPgbouncer, noPgbouncerReason, startSystemPgbouncer } from "@turnpike/testing";

const hasPgbouncer = await hasSystemPgbouncer();
let app: TestApp;
let pooler: SystemPgbouncer;
/** Many connections of ours that share one of PostgreSQL's. */
let many: Database;

beforeAll(async () => {
  if (!hasPgbouncer) return;
  app = await createTestApp({ modules: [] });
  pooler = await startSystemPgbouncer({ databaseUrl: app.database.directUrl, poolSize: 1 });
  many = openDatabase({ url: pooler.url, max: 20 });
});
beforeEach((ctx) => {
  if (!hasPgbouncer) ctx.skip(noPgbouncerReason);
});
afterAll(async () => {
  if (!hasPgbouncer) return;
  await many.close();
  await pooler.stop();
  await app.close();
});

const state = sql<{ pid: number; role: string; sub: string | null; timeout: string }>`
  select pg_backend_pid() as pid, current_user::text as role, nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub' as sub,
    current_setting('statement_timeout') as timeout`;

test("what an identity sets never reaches the next user of the same connection of PostgreSQL", async () => {
  const users = await Promise.all(Array.from({ length: 5 }, () => app.createUser()));
  const identities = users.flatMap(({ actor }) => [identityOf(actor), identityOf({ type: "anonymous" })]);
  const port = databasePort(many.db, { statementMs: 1234, lockMs: 1000, idleMs: 1000 });
  const rounds = Array.from({ length: 20 }, () => identities).flat();
  const seen = await Promise.all(
    rounds.map((identity) => port.transaction(identity, async (db) => (await state.execute(db)).rows[0])),
  );
  expect(new Set(seen.map((row) => row?.pid)).size).toBe(1);
  expect(seen.map((row) => ({ role: row?.role, sub: row?.sub ?? undefined }))).toEqual(
    rounds.map(({ role, claims }) => ({ role, sub: claims["sub"] })),
  );
  const { rows } = await state.execute(many.db);
  expect(rows).toEqual([{ pid: seen[0]?.pid, role: "turnpike_api", sub: null, timeout: "0" }]);
});

test("a transaction that fails, or is ended by its time-out, leaves a clean connection to the next one", async () => {
  const { actor } = await app.createUser();
  const port = databasePort(many.db, { statementMs: 50, lockMs: 1000, idleMs: 1000 });
  const slow = port.transaction(identityOf(actor), (db) => sql`select pg_sleep(5)`.execute(db));
  await expect(slow).rejects.toMatchObject({ code: "57014" });
  const broken = port.transaction(identityOf(actor), (db) => sql`select 1/0`.execute(db));
  await expect(broken).rejects.toMatchObject({ code: "22012" });
  expect((await state.execute(many.db)).rows).toMatchObject([{ role: "turnpike_api", sub: null, timeout: "0" }]);
});

test("several statements that fail in the middle leave no transaction open to the next one", async () => {
  await expect(many.query("begin; set local role service_role; select 1/0; commit")).rejects.toMatchObject({
    code: "22012",
  });
  expect((await many.query("select current_user::text as role; select 2 as two")).rows).toEqual([
    { role: "turnpike_api" },
    { two: 2 },
  ]);
});

test("a pooler that is started anew is found again by the next transactions", async () => {
  await pooler.restart();
  const port = databasePort(many.db);
  const again = async (): Promise<boolean> =>
    port
      .transaction(systemIdentity, (db) => state.execute(db))
      .then(
        () => true,
        () => false,
      );
  // A broken connection is noticed by at most one transaction each; the pool replaces it.
  const answers: boolean[] = [];
  while (!answers.at(-1) && answers.length < 25) answers.push(await again());
  expect(answers.at(-1)).toBe(true);
});
