import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@turnpike/core";
import { migrate, openDatabase, readMigrations } from "@turnpike/database";
import { bootstrapDatabase } from "@turnpike/local-supabase";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";

const folder = fileURLToPath(new URL("../../../../supabase/migrations", import.meta.url));
let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

test("users that a project had before the first migration get what sign-up makes, deleted ones nothing", async () => {
  const name = `test_${newId().replaceAll("-", "")}`;
  await sql`create database ${sql.id(name)}`.execute(app.owner);
  const url = Object.assign(new URL(app.database.ownerUrl), { pathname: `/${name}` }).href;
  await bootstrapDatabase(url);
  const database = openDatabase({ url });
  const { db } = database;
  const [before, deleted] = [newId(), newId()];
  await sql`insert into auth.users (id, raw_user_meta_data, deleted_at)
    values (${before}, '{"full_name":"Grace"}', null), (${deleted}, '{}', now())`.execute(db);
  await migrate({ url, migrations: await readMigrations(folder) });
  expect(await db.selectFrom("profiles").select(["id", "full_name"]).execute()).toEqual([
    { id: before, full_name: "Grace" },
  ]);
  const organizations = db
    .selectFrom("organizations as o")
    .innerJoin("organization_members as m", "m.organization_id", "o.id")
    .select(["o.name", "o.personal_user_id", "m.user_id", "m.role"]);
  expect(await organizations.execute()).toEqual([
    { name: "Grace", personal_user_id: before, user_id: before, role: "owner" },
  ]);
  await database.close();
  await sql`drop database ${sql.id(name)} with (force)`.execute(app.owner);
});
