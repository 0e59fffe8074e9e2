import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, Identity } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import organizations from "../src/index.ts";
import type { SqlAs } from "./sql-as.ts";
import { openSqlAs } from "./sql-as.ts";

// SQLSTATE insufficient_privilege: no grant, or a row that a policy does not let in.
const denied = { refused: "42501" };
const anonymous: Actor = { type: "anonymous" };
const system: Actor = { type: "system", job: "test" };
const tables = ["profiles", "organizations", "organization_members"];

let app: TestApp;
let ada: TestUser;
let bob: TestUser;

beforeAll(async () => {
  app = await createTestApp({ modules: [organizations] });
  ada = await app.createUser({ fullName: "Ada" });
  bob = await app.createUser({ fullName: "Bob" });
});
afterAll(() => app.close());

/** A token that somebody brings to Supabase's own API: nobody vouches for it. */
function token(user: TestUser, changes: Record<string, unknown> = {}): Identity {
  const claims = { role: "authenticated", sub: user.userId, session_id: user.actor.sessionId, aal: "aal1", ...changes };
  return { role: "authenticated", claims };
}

describe.each(["turnpike_api", "postgres"])("logged in as %s", (login) => {
  let sqlAs: SqlAs;
  beforeAll(() => {
    sqlAs = openSqlAs(login === "postgres" ? app.database.ownerUrl : app.database.apiUrl);
  });
  afterAll(() => sqlAs.close());

  const idsOf = async (who: Actor | Identity, statement: string, ...values: unknown[]) => {
    const outcome = await sqlAs(who, statement, ...values);
    return "rows" in outcome ? outcome.rows.map(({ id }) => id) : outcome;
  };

  describe("select", () => {
    test("shows a person their own profile, organization and membership only", async () => {
      expect(await idsOf(ada.actor, "select id from public.profiles")).toEqual([ada.userId]);
      expect(await idsOf(ada.actor, "select id from public.organizations")).toEqual([ada.organizationId]);
      expect(await idsOf(ada.actor, "select user_id as id from public.organization_members")).toEqual([ada.userId]);
    });

    test("shows a stranger nothing, by name, by count or through a join", async () => {
      const byId = "select id from public.organizations where id = $1";
      expect(await idsOf(bob.actor, byId, ada.organizationId)).toEqual([]);
      const count = "select count(*)::int as id from public.organization_members where organization_id = $1";
      expect(await idsOf(bob.actor, count, ada.organizationId)).toEqual([0]);
      const join = `select p.id from public.organization_members m join public.profiles p on p.id = m.user_id
        left join public.organizations o on o.id = m.organization_id where p.id = $1`;
      expect(await idsOf(bob.actor, join, ada.userId)).toEqual([]);
    });

    test("is denied to a visitor", async () => {
      for (const table of tables) expect(await sqlAs(anonymous, `select * from public.${table}`)).toEqual(denied);
    });

    test("shows an API key its own organization and no person's profile", async () => {
      const key: Actor = { type: "apiKey", keyId: newId(), organizationId: ada.organizationId, scopes: [] };
      expect(await idsOf(key, "select id from public.organizations")).toEqual([ada.organizationId]);
      expect(await idsOf(key, "select id from public.profiles")).toEqual([]);
    });

    test("shows our own jobs everything", async () => {
      const all = await idsOf(system, "select id from public.organizations");
      expect(all).toEqual(expect.arrayContaining([ada.organizationId, bob.organizationId]));
    });
  });

  describe("a token brought straight to the database", () => {
    test("of a live session sees its user's own", async () => {
      expect(await idsOf(token(ada), "select id from public.organizations")).toEqual([ada.organizationId]);
    });

    test.each<[string, (user: TestUser) => Record<string, unknown>]>([
      ["of a session that is gone", () => ({ session_id: newId() })],
      ["of another's session", () => ({ session_id: bob.actor.sessionId })],
      ["without a session", () => ({ session_id: undefined })],
      ["that vouches for itself as a word", () => ({ session_id: undefined, turnpike: { vouched: "false" } })],
    ])("%s sees and changes nothing", async (_what, changes) => {
      const who = token(ada, changes(ada));
      for (const table of tables) expect(await sqlAs(who, `select * from public.${table}`)).toMatchObject({ rows: [] });
      expect(await sqlAs(who, "update public.profiles set full_name = 'x'")).toMatchObject({ count: 0 });
    });
  });

  describe("insert, update and delete", () => {
    test("let a person change their own name and no one else's", async () => {
      const rename = "update public.profiles set full_name = 'Countess' where id = $1 returning id, full_name";
      expect(await sqlAs(ada.actor, rename, ada.userId)).toMatchObject({ count: 1, rows: [{ full_name: "Countess" }] });
      expect(await sqlAs(ada.actor, rename, bob.userId)).toMatchObject({ count: 0, rows: [] });
    });

    test.each([
      "update public.profiles set is_admin = true",
      "update public.profiles set full_name = 'x', is_admin = true",
      "update public.profiles set id = gen_random_uuid()",
      "update public.profiles set created_at = now()",
      "insert into public.profiles (id, is_admin) values ($1, true) on conflict (id) do update set is_admin = true",
      "delete from public.profiles where id = $1",
      "insert into public.organizations (id, name) values (gen_random_uuid(), 'mine') returning id",
      "update public.organizations set name = 'x' where personal_user_id = $1",
      "delete from public.organizations where personal_user_id = $1",
      "insert into public.organization_members (organization_id, user_id, role) select id, $1, 'owner' from public.organizations",
      "update public.organization_members set role = 'owner' where user_id = $1",
      "delete from public.organization_members where user_id = $1",
      "truncate public.organization_members",
    ])("deny everyone: %s", async (statement) => {
      const values = statement.includes("$1") ? [ada.userId] : [];
      for (const who of [ada.actor, bob.actor, anonymous])
        expect(await sqlAs(who, statement, ...values)).toEqual(denied);
    });

    test("let our own jobs write", async () => {
      const promote = "update public.profiles set is_admin = true where id = $1";
      expect(await sqlAs(system, promote, ada.userId)).toMatchObject({ count: 1 });
      const add = "insert into public.organization_members (organization_id, user_id, role) values ($1, $2, 'member')";
      expect(await sqlAs(system, add, ada.organizationId, bob.userId)).toMatchObject({ count: 1 });
    });
  });
});
