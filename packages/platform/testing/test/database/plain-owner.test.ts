import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "@turnpike/local-postgres";
import { apiUrlOf, prepareDatabase } from "@turnpike/testing";

async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

test("a plain PostgreSQL is prepared and migrated by its owner, who is no superuser, and the API logs in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-owner-"));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), settings: { fsync: "off" } });
  await run(
    postgres.url,
    "create role plain_owner login createrole bypassrls password 'owner'",
    "create database product owner plain_owner",
  );
  const ownerUrl = Object.assign(new URL(postgres.url), {
    pathname: "/product",
    username: "plain_owner",
    password: "owner",
  }).href;
  await prepareDatabase(ownerUrl, "api-password");
  await prepareDatabase(ownerUrl, "api-password");
  const signUp =
    "insert into auth.users (id, aud, role, email) values (gen_random_uuid(), 'authenticated', 'authenticated', 'a@b.test')";
  await run(ownerUrl, "set role supabase_auth_admin", signUp);
  const apiUrl = apiUrlOf(ownerUrl, "api-password");
  const count = "select count(*)::int as visible from organizations";
  expect(await run(apiUrl, "set role service_role", count)).toEqual([{ visible: 1 }]);
  expect(await run(apiUrl, "set role authenticated", count)).toEqual([{ visible: 0 }]);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});
