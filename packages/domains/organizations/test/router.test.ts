import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { createCallerFactory, newId } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import organizations from "../src/index.ts";

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
const createCaller = createCallerFactory(organizations.router);
const as = (actor: Actor) => createCaller(app.ctxOf(actor));

beforeAll(async () => {
  app = await createTestApp({ modules: [organizations] });
  ada = await app.createUser({ fullName: "Ada Lovelace" });
  bob = await app.createUser({ fullName: "Bob" });
});
afterAll(() => app.close());

/** Adds an organization that Ada shares, after all that there are. */
async function addShared(name: string, role: string): Promise<string> {
  const id = newId();
  await app.owner.insertInto("organizations").values({ id, name }).execute();
  await app.owner
    .insertInto("organization_members")
    .values({ organization_id: id, user_id: ada.userId, role })
    .execute();
  return id;
}

describe("list", () => {
  test("shows the personal organization, made at sign-up and named after the person", async () => {
    expect(await as(bob.actor).list()).toEqual({
      items: [{ id: bob.organizationId, name: "Bob", isPersonal: true, role: "owner", createdAt: expect.any(Date) }],
      nextCursor: null,
    });
  });

  test("pages through all of one's own, oldest first, and through none of others", async () => {
    const shared = [await addShared("First", "admin"), await addShared("Second", "member")];
    const first = await as(ada.actor).list({ limit: 2 });
    expect(first.items.map(({ id, role }) => [id, role])).toEqual([
      [ada.organizationId, "owner"],
      [shared[0], "admin"],
    ]);
    const second = await as(ada.actor).list({ limit: 2, cursor: first.nextCursor });
    expect(second.items).toMatchObject([{ id: shared[1], name: "Second", isPersonal: false, role: "member" }]);
    expect(second.nextCursor).toBeNull();
  });

  test("with a cursor that is no id names the field", async () => {
    await expect(as(ada.actor).list({ cursor: "'; drop table organizations" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "cursor" }] },
    });
  });

  test("with the id of another's organization as cursor shows nothing of it", async () => {
    expect(await as(ada.actor).list({ cursor: bob.organizationId })).toEqual({ items: [], nextCursor: null });
  });

  test.each<Actor>([{ type: "anonymous" }, { type: "system", job: "test" }])(
    "is for people, not for $type",
    async (actor) => {
      await expect(as(actor).list({})).rejects.toMatchObject({ cause: { appCode: "core.unauthenticated" } });
    },
  );
});

describe("get", () => {
  test("shows one of one's own", async () => {
    expect(await as(ada.actor).get({ organizationId: ada.organizationId })).toMatchObject({
      id: ada.organizationId,
      name: "Ada Lovelace",
      isPersonal: true,
      role: "owner",
    });
  });

  test("answers the same for another's and for one that is not", async () => {
    const refusal = { code: "NOT_FOUND", cause: { appCode: "organizations.not_found" } };
    await expect(as(ada.actor).get({ organizationId: bob.organizationId })).rejects.toMatchObject(refusal);
    await expect(as(ada.actor).get({ organizationId: newId() })).rejects.toMatchObject(refusal);
  });

  test("shows an operator no more than what is theirs", async () => {
    const operator = await app.createUser({ isOperator: true });
    await expect(as(operator.actor).get({ organizationId: ada.organizationId })).rejects.toMatchObject({
      cause: { appCode: "organizations.not_found" },
    });
  });
});
