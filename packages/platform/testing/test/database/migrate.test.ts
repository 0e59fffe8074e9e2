import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate, MigrationError } from "@turnpike/database";
import type { Migration } from "@turnpike/database";
import type { TestDatabase } from "@turnpike/testing";
import { createTestDatabase, hasSystemPgbouncer, noPgbouncerReason, startSystemPgbouncer } from "@turnpike/testing";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function migration(version: string, sql: string): Migration {
  return { version, name: "test_migration", sql, checksum: `checksum of ${sql}` };
}

async function tables(): Promise<string[]> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relname like 'migrated%' order by 1",
  );
  await client.end();
  return rows.map(({ name }) => name);
}

const first = migration("29990101000000", "create table migrated_first (id int)");

test("twenty starts at once apply a migration once", async () => {
  const runs = Array.from({ length: 20 }, () => migrate({ url: database.ownerUrl, migrations: [first] }));
  const reports = await Promise.all(runs);
  expect(reports.flatMap(({ applied }) => applied)).toEqual([first.version]);
  expect(await tables()).toEqual(["migrated_first"]);
});

test("a file that was changed after it had been applied is refused by name", async () => {
  const changed = { ...first, checksum: "another" };
  await expect(migrate({ url: database.ownerUrl, migrations: [changed] })).rejects.toThrow(
    /29990101000000_test_migration.sql was changed/,
  );
});

test("a migration that fails leaves nothing behind and names itself", async () => {
  const broken = migration("29990102000000", "create table migrated_second (id int); select 1/0");
  const failed = migrate({ url: database.ownerUrl, migrations: [first, broken] });
  await expect(failed).rejects.toThrow(MigrationError);
  await expect(failed).rejects.toThrow(/29990102000000_test_migration.sql failed: division by zero/);
  expect(await tables()).toEqual(["migrated_first"]);
});

test("a migration that went through a transaction pooler leaves no lock there for the next one to wait for", async (ctx) => {
  if (!(await hasSystemPgbouncer())) return ctx.skip(noPgbouncerReason);
  const pooler = await startSystemPgbouncer({ databaseUrl: database.ownerUrl });
  const third = migration("29990103000000", "create table migrated_third (id int)");
  expect((await migrate({ url: pooler.url, migrations: [first, third] })).applied).toEqual([third.version]);
  expect((await migrate({ url: database.ownerUrl, migrations: [first, third] })).applied).toEqual([]);
  await pooler.stop();
});
