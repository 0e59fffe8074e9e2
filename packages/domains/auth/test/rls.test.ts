import { CompiledQuery } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import auth from "../src/index.ts";

let app: TestApp;
let ada: TestUser;
beforeAll(async () => {
  app = await createTestApp({ modules: [auth] });
  ada = await app.createUser();
});
afterAll(() => app.close());

const run = (actor: Actor, statement: string, values: string[]) =>
  app.ctxOf(actor).tx(async ({ db }) => (await db.executeQuery(CompiledQuery.raw(statement, values))).rows);

describe.each<[string, string, () => string[]]>([
  ["the state of a session", "select * from private.session_state($1, $2)", () => [ada.actor.sessionId, ada.userId]],
  ["the sessions of a user", "select * from private.session_ids($1)", () => [ada.userId]],
  ["the factor behind a reset", "select private.reset_needs_second_factor($1)", () => ["0".repeat(56)]],
  ["the user of an address", "select * from private.find_user($1)", () => [ada.email]],
])("%s", (_what, statement, values) => {
  test.each<[string, () => Actor]>([
    ["the owner", () => ada.actor],
    ["a visitor", () => ({ type: "anonymous" })],
    ["an API key", () => ({ type: "apiKey", keyId: newId(), organizationId: ada.organizationId, scopes: [] })],
  ])("is nothing that %s may ask", async (_who, actorOf) => {
    await expect(run(actorOf(), statement, values())).rejects.toMatchObject({ code: "42501" });
  });

  test("is told to our server", async () => {
    expect(await run({ type: "system", job: "test" }, statement, values())).toHaveLength(1);
  });
});

test("the tables of Supabase Auth are out of reach for everyone", async () => {
  const actors: Actor[] = [ada.actor, { type: "anonymous" }, { type: "system", job: "test" }];
  for (const actor of actors) {
    await expect(run(actor, "select id from auth.sessions", [])).rejects.toMatchObject({ code: "42501" });
    await expect(run(actor, "update auth.users set banned_until = null", [])).rejects.toMatchObject({ code: "42501" });
  }
});
