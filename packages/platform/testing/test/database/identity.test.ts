import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { identityOf, systemIdentity } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

const whoAmI = sql<{ role: string; login: string; sub: string | null }>`
  select current_user::text as role, session_user::text as login, auth.uid()::text as sub`;

test("a transaction runs as the actor's role with its claims, logged in as the API's own role", async () => {
  const { actor } = await app.createUser();
  const { rows } = await app.deps.database.transaction(identityOf(actor), (db) => whoAmI.execute(db));
  expect(rows).toEqual([{ role: "authenticated", login: "turnpike_api", sub: actor.userId }]);
});

test("nothing of an identity is left on the connection", async () => {
  const { actor } = await app.createUser();
  await app.deps.database.transaction(identityOf(actor), (db) => whoAmI.execute(db));
  const { rows } = await app.deps.database.transaction(identityOf({ type: "anonymous" }), (db) => whoAmI.execute(db));
  expect(rows).toEqual([{ role: "anon", login: "turnpike_api", sub: null }]);
});

test("a failed transaction is rolled back", async () => {
  const { userId } = await app.createUser({ fullName: "Before" });
  const failed = app.deps.database.transaction(systemIdentity, async (db) => {
    await db.updateTable("profiles").set({ full_name: "After" }).where("id", "=", userId).execute();
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  const row = await app.owner
    .selectFrom("profiles")
    .select("full_name")
    .where("id", "=", userId)
    .executeTakeFirstOrThrow();
  expect(row.full_name).toBe("Before");
});

test("the login role by itself reads no table of a tenant", async () => {
  const attempt = app.deps.database.transaction(systemIdentity, async (db) => {
    await sql`select set_config('role', 'none', true)`.execute(db);
    return db.selectFrom("profiles").select("id").execute();
  });
  await expect(attempt).rejects.toMatchObject({ code: "42501" });
});

/** What a token that comes straight to Supabase's API sees of profiles. */
const readProfiles = (userId: string, sessionId: string) =>
  app.deps.database.transaction(
    { role: "authenticated", claims: { role: "authenticated", sub: userId, session_id: sessionId, aal: "aal1" } },
    (db) => db.selectFrom("profiles").select("id").execute(),
  );

test("a token whose session is over sees nothing, and one whose session lives sees its own", async () => {
  const { userId, actor } = await app.createUser();
  expect(await readProfiles(userId, actor.sessionId)).toEqual([{ id: userId }]);
  expect(await readProfiles(userId, crypto.randomUUID())).toEqual([]);
});

test("a token of a suspended user sees nothing until the suspension is over", async () => {
  const { userId, actor } = await app.createUser();
  const suspend = (interval: string) =>
    sql`update auth.users set banned_until = now() + ${interval}::interval where id = ${userId}`.execute(app.owner);
  await suspend("1 hour");
  expect(await readProfiles(userId, actor.sessionId)).toEqual([]);
  await suspend("-1 second");
  expect(await readProfiles(userId, actor.sessionId)).toEqual([{ id: userId }]);
});

// What the server asks of a session, and what row level security asks of a token, must be the same.
test.each([
  ["of a suspended user", sql`update auth.users set banned_until = now() + interval '1 hour'`, "id"],
  ["of a deleted user", sql`update auth.users set deleted_at = now()`, "id"],
  ["that has run out", sql`update auth.sessions set not_after = now() - interval '1 second'`, "user_id"],
])("a session %s counts neither for the server nor at Supabase's API", async (_, change, column) => {
  const { userId, actor } = await app.createUser();
  const isLive = async () => {
    const state = sql<{ isLive: boolean }>`
      select is_live as "isLive" from private.session_state(${actor.sessionId}::uuid, ${userId}::uuid)`;
    return (await app.deps.database.transaction(systemIdentity, (db) => state.execute(db))).rows[0]?.isLive;
  };
  expect([await isLive(), await readProfiles(userId, actor.sessionId)]).toEqual([true, [{ id: userId }]]);
  await sql`${change} where ${sql.ref(column)} = ${userId}`.execute(app.owner);
  expect([await isLive(), await readProfiles(userId, actor.sessionId)]).toEqual([false, []]);
});
