import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addVerifiedFactor, removeFactors } from "./add-verified-factor.ts";
import type { AuthApp } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

let app: AuthApp;
const newPassword = "a wholly other password";
const used = { code: "BAD_REQUEST", cause: { appCode: "auth.token_invalid" } };

beforeAll(async () => {
  app = await createAuthApp({ autoconfirm: true, passwordMinLength: 12 });
});
afterAll(() => app.close());

async function requestReset(email: string): Promise<string> {
  await (await app.callerOf()).requestPasswordReset({ email });
  return app.tokenHashSentTo(email, "Reset");
}

async function countSessions(userId: string): Promise<number> {
  const { rows } = await sql`select 1 from auth.sessions where user_id = ${userId}::uuid`.execute(app.owner);
  return rows.length;
}

describe("requestPasswordReset", () => {
  test("answers known and unknown addresses the same and sends a mail to known ones only", async () => {
    const [{ email }, unknown] = [await app.newAccount(), `${randomUUID()}@example.com`];
    const visitor = await app.callerOf();
    expect(await visitor.requestPasswordReset({ email })).toEqual({ status: "sent_if_known" });
    expect(await visitor.requestPasswordReset({ email: unknown })).toEqual({ status: "sent_if_known" });
    expect([await app.mailsTo(email), await app.mailsTo(unknown)]).toEqual([1, 0]);
  });

  test("is limited by account, known or not", async () => {
    for (const email of [(await app.newAccount()).email, `${randomUUID()}@example.com`]) {
      const visitor = await app.callerOf();
      for (let round = 0; round < 5; round += 1) await visitor.requestPasswordReset({ email });
      await expect(visitor.requestPasswordReset({ email })).rejects.toMatchObject({
        cause: { appCode: "core.limited", retryAfterSec: expect.any(Number) },
      });
    }
  });
});

describe("resetPassword", () => {
  test("sets the password, signs in, and ends the sessions that were there at once", async () => {
    const { email, password, session, userId } = await app.newAccount();
    const before = await app.callerOf(session.accessToken);
    expect((await before.me()).user.id).toBe(userId);
    const visitor = await app.callerOf();
    const result = await visitor.resetPassword({ tokenHash: await requestReset(email), newPassword });
    if (result.status !== "signed_in") throw new Error("no second factor here");
    const { user } = await (await app.callerOf(result.session.accessToken)).me();
    expect(user.id).toBe(userId);
    await expect(app.actorOf(session.accessToken)).rejects.toMatchObject({ appCode: "auth.session_over" });
    await expect(visitor.signIn({ email, password })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(await visitor.signIn({ email, password: newPassword })).toMatchObject({ status: "signed_in" });
    const events = await app.eventsOf(userId);
    expect(events).toContainEqual({ name: "auth.password_reset", data: { userId, sessionId: user.sessionId } });
  });

  test("works once per link, and not with a link that never was", async () => {
    const { email } = await app.newAccount();
    const visitor = await app.callerOf();
    const tokenHash = await requestReset(email);
    await visitor.resetPassword({ tokenHash, newPassword });
    await expect(visitor.resetPassword({ tokenHash, newPassword })).rejects.toMatchObject(used);
    await expect(visitor.resetPassword({ tokenHash: "f".repeat(56), newPassword })).rejects.toMatchObject(used);
  });

  test("opens an account that wrong tries had blocked", async () => {
    const { email } = await app.newAccount();
    const visitor = await app.callerOf();
    for (let round = 0; round < 11; round += 1)
      await visitor.signIn({ email, password: "wrong" }).catch(() => undefined);
    await visitor.resetPassword({ tokenHash: await requestReset(email), newPassword });
    expect(await visitor.signIn({ email, password: newPassword })).toMatchObject({ status: "signed_in" });
  });

  test("asks for the second factor of a user who has one, and leaves link and password as they are", async () => {
    const { email, password, userId } = await app.newAccount();
    await addVerifiedFactor(app, userId);
    const visitor = await app.callerOf();
    const tokenHash = await requestReset(email);
    expect(await visitor.resetPassword({ tokenHash, newPassword })).toEqual({ status: "two_factor_required" });
    await removeFactors(app, userId);
    expect(await visitor.signIn({ email, password })).toMatchObject({ status: "signed_in" });
    expect(await visitor.resetPassword({ tokenHash, newPassword })).toMatchObject({ status: "signed_in" });
  });

  test.each([
    ["too easy for the project", "9 letters", "auth.weak_password"],
    ["the old one", "correct horse battery", "auth.same_password"],
  ])(
    "refuses a password that is %s, keeps no session of it, and lets the link be tried again",
    async (_what, tried, appCode) => {
      const { email, userId } = await app.newAccount();
      const visitor = await app.callerOf();
      const before = await countSessions(userId);
      const tokenHash = await requestReset(email);
      await expect(visitor.resetPassword({ tokenHash, newPassword: tried })).rejects.toMatchObject({
        code: "BAD_REQUEST",
        cause: { appCode, fieldIssues: [{ path: "newPassword" }] },
      });
      expect(await countSessions(userId)).toBe(before);
      expect((await app.eventsOf(userId)).map(({ name }) => name)).not.toContain("auth.password_reset");
      await expect(visitor.resetPassword({ tokenHash, newPassword: tried })).rejects.toMatchObject({
        cause: { appCode },
      });
      expect(await visitor.resetPassword({ tokenHash, newPassword })).toMatchObject({ status: "signed_in" });
      await expect(visitor.resetPassword({ tokenHash, newPassword: "yet another password" })).rejects.toMatchObject(
        used,
      );
    },
  );

  test("bad input names its field before the link is used", async () => {
    const { email } = await app.newAccount();
    const visitor = await app.callerOf();
    const tokenHash = await requestReset(email);
    await expect(visitor.resetPassword({ tokenHash, newPassword: "short" })).rejects.toMatchObject({
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "newPassword" }] },
    });
    expect(await visitor.resetPassword({ tokenHash, newPassword })).toMatchObject({ status: "signed_in" });
  });

  test("its link confirms no address", async () => {
    const { email } = await app.newAccount();
    const tokenHash = await requestReset(email);
    await expect((await app.callerOf()).confirmEmail({ tokenHash })).rejects.toMatchObject(used);
  });
});
