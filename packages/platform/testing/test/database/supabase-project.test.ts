import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { identityOf, systemIdentity } from "@turnpike/core";
import { migrate, openDatabase, databasePort, canActForUsers, setApiPassword, apiRole } from "@turnpike/database";
import { migrateJobs } from "@turnpike/jobs";
import { startPostgres } from "@turnpike/local-postgres";
import type { LocalPostgres } from "@turnpike/local-postgres";
import { bootstrapDatabase } from "@turnpike/local-supabase";
import { ourMigrations } from "@turnpike/testing";

// A Supabase project's `postgres`: no superuser, may create roles, bypasses row level security, is a member of the API's
// roles but may not grant them on. PostgreSQL 16 and later refuse that grant. Source: the migrations of Supabase's image.
const projectOwner = `
  create role project_owner login createrole createdb bypassrls password 'owner';
  grant anon, authenticated, service_role to project_owner;
  grant all on database project to project_owner;
  grant usage on schema auth, storage, extensions to project_owner;
  grant all on all tables in schema auth to project_owner;
  grant execute on all functions in schema auth to project_owner;
  alter schema public owner to project_owner;`;

let folder: string;
let postgres: LocalPostgres;
let ownerUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-project-"));
  await chmod(folder, 0o755);
  postgres = await startPostgres({
    dataDir: join(folder, "postgres"),
    database: "project",
    settings: { fsync: "off" },
  });
  await bootstrapDatabase(postgres.url);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(projectOwner);
  await client.end();
  ownerUrl = Object.assign(new URL(postgres.url), { username: "project_owner", password: "owner" }).href;
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test("migrations run as the owner of a Supabase project; what it may not grant is a notice, not a failure", async () => {
  const migrations = await ourMigrations();
  const first = await migrate({ url: ownerUrl, migrations });
  expect(first.applied).toHaveLength(migrations.length);
  expect(first.notices.join("\n")).toContain("cannot be granted to turnpike_api here");
  expect((await migrate({ url: ownerUrl, migrations })).applied).toEqual([]);
  await migrateJobs(ownerUrl, apiRole);
  expect(await setApiPassword(ownerUrl, ownerUrl)).toBe("other_role");
  expect(await canActForUsers(ownerUrl)).toBe(false);
});

test("logged in as that owner, each transaction is the actor's: a tenant sees its own rows only", async () => {
  const database = openDatabase({ url: ownerUrl });
  const port = databasePort(database.db);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("set role supabase_auth_admin");
  const insert =
    "insert into auth.users (id, aud, role, email) values (gen_random_uuid(), 'authenticated', 'authenticated', $1) returning id";
  const mine = await client.query<{ id: string }>(insert, ["mine@example.test"]);
  await client.query(insert, ["theirs@example.test"]);
  await client.end();
  const userId = mine.rows[0]?.id ?? "";
  const actor = {
    type: "user",
    userId,
    sessionId: crypto.randomUUID(),
    email: null,
    aal: "aal1",
    accessToken: "",
  } as const;
  const seen = await port.transaction(identityOf(actor), (trx) =>
    trx.selectFrom("organizations").select("personal_user_id").execute(),
  );
  expect(seen).toEqual([{ personal_user_id: userId }]);
  const all = await port.transaction(systemIdentity, (trx) => trx.selectFrom("organizations").select("id").execute());
  expect(all).toHaveLength(2);
  const visitors = port.transaction(identityOf({ type: "anonymous" }), (trx) =>
    trx.selectFrom("organizations").select("id").execute(),
  );
  await expect(visitors).rejects.toMatchObject({ code: "42501" });
  await database.close();
});
