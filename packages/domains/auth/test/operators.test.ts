import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import auth, { actorOfToken, findUserByEmail, setOperator } from "../src/index.ts";

const script: Actor = { type: "system", job: "test" };
let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ modules: [auth] });
});
afterAll(() => app.close());

describe("findUserByEmail", () => {
  test("finds a user whatever the case of the address, and none where there is none", async () => {
    const { userId, email } = await app.createUser();
    const confirmed = { id: userId, emailConfirmedAt: expect.any(Date) };
    expect(await findUserByEmail(app.ctxOf(script), email.toUpperCase())).toEqual(confirmed);
    expect(await findUserByEmail(app.ctxOf(script), "nobody@example.com")).toBeUndefined();
    expect(await findUserByEmail(app.ctxOf(script), "%")).toBeUndefined();
  });

  test("is not for people, operators included", async () => {
    const { actor, email } = await app.createUser({ isOperator: true });
    await expect(findUserByEmail(app.ctxOf(actor), email)).rejects.toMatchObject({ appCode: "core.forbidden" });
  });
});

describe("setOperator", () => {
  test("makes a user an operator at once, and says the second time that nothing changed", async () => {
    const { actor, userId } = await app.createUser();
    const verified = { ...actor, expiresAt: new Date(Date.now() + 60_000) };
    const actorNow = () => actorOfToken(app.ctxOf({ type: "anonymous" }), verified, "token");
    expect(await actorNow()).toMatchObject({ type: "user" });
    expect(await setOperator(app.ctxOf(script), userId)).toBe(true);
    expect(await actorNow()).toMatchObject({ type: "operator" });
    expect(await setOperator(app.ctxOf(script), userId)).toBe(false);
    const events = await app.owner.selectFrom("private.events").select(["name", "data"]).execute();
    expect(events).toEqual([{ name: "auth.operator_granted", data: { userId } }]);
  });

  test("refuses a user that is not", async () => {
    await expect(setOperator(app.ctxOf(script), newId())).rejects.toMatchObject({ appCode: "core.not_found" });
  });

  test("is not for people, operators included", async () => {
    const [{ actor }, { userId }] = [await app.createUser({ isOperator: true }), await app.createUser()];
    await expect(setOperator(app.ctxOf(actor), userId)).rejects.toMatchObject({ appCode: "core.forbidden" });
  });
});
