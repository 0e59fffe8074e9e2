import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import organizations, { findOrganization } from "../src/index.ts";

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
const findAs = (actor: Actor, id: string | null) => findOrganization(app.ctxOf(actor), id);
const keyOf = (organizationId: string): Actor => ({ type: "apiKey", keyId: newId(), organizationId, scopes: [] });

beforeAll(async () => {
  app = await createTestApp({ modules: [organizations], findOrganization });
  ada = await app.createUser({ fullName: "Ada" });
  bob = await app.createUser();
});
afterAll(() => app.close());

describe("a person", () => {
  test("who asks for none acts for the personal one", async () => {
    expect(await findAs(ada.actor, null)).toEqual({ id: ada.organizationId, name: "Ada", role: "owner" });
  });

  test("who names a shared one acts with the role there", async () => {
    const id = newId();
    await app.owner.insertInto("organizations").values({ id, name: "Shared" }).execute();
    const member = { organization_id: id, user_id: ada.userId, role: "member" };
    await app.owner.insertInto("organization_members").values(member).execute();
    expect(await findAs(ada.actor, id)).toEqual({ id, name: "Shared", role: "member" });
    expect(await findAs(bob.actor, id)).toBeNull();
  });

  test.each(["not-an-id", "", "' or 1=1 --"])("who names %j acts for none", async (id) => {
    expect(await findAs(ada.actor, id)).toBeNull();
  });

  test("who left their personal one does not act for it", async () => {
    const gone = await app.createUser();
    await app.owner.deleteFrom("organization_members").where("user_id", "=", gone.userId).execute();
    expect(await findAs(gone.actor, null)).toBeNull();
  });
});

describe("an API key", () => {
  test("acts for its own organization, whether or not it is named", async () => {
    const own = { id: ada.organizationId, name: "Ada", role: "apiKey" };
    expect(await findAs(keyOf(ada.organizationId), null)).toEqual(own);
    expect(await findAs(keyOf(ada.organizationId), ada.organizationId.toUpperCase())).toEqual(own);
  });

  test("acts for no other, and for none that is gone", async () => {
    expect(await findAs(keyOf(ada.organizationId), bob.organizationId)).toBeNull();
    expect(await findAs(keyOf(newId()), null)).toBeNull();
  });
});

describe("our own jobs", () => {
  test("act as the owner of the one that they name", async () => {
    const found = await findAs({ type: "system", job: "test" }, ada.organizationId);
    expect(found).toEqual({ id: ada.organizationId, name: "Ada", role: "owner" });
  });

  test("act for none when they name none or one that is not", async () => {
    expect(await findAs({ type: "system", job: "test" }, null)).toBeNull();
    expect(await findAs({ type: "webhook", source: "test" }, newId())).toBeNull();
  });
});

test("a visitor acts for none", async () => {
  expect(await findAs({ type: "anonymous" }, ada.organizationId)).toBeNull();
});

test("the organization of a request comes from its header", async () => {
  const ctx = app.ctxOf(ada.actor, { organizationId: ada.organizationId });
  expect(await ctx.findOrganization()).toMatchObject({ id: ada.organizationId });
  expect(await app.ctxOf(ada.actor, { organizationId: bob.organizationId }).findOrganization()).toBeNull();
});
