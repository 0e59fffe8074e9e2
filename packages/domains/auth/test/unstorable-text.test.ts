import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuthApp } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

let app: AuthApp;
beforeAll(async () => {
  app = await createAuthApp({ autoconfirm: true });
});
afterAll(() => app.close());

const namesField = (path: string) => ({
  code: "BAD_REQUEST",
  cause: { appCode: "core.invalid_input", fieldIssues: [{ path }] },
});

test.each(["horse\0battery", "horse\ud800battery"])("input with %j in it is refused with its field", async (text) => {
  const visitor = await app.callerOf();
  const account = { email: `${randomUUID()}@example.com`, password: "correct horse battery", fullName: "Ada" };
  await expect(visitor.refresh({ refreshToken: text })).rejects.toMatchObject(namesField("refreshToken"));
  await expect(visitor.signIn({ ...account, password: text })).rejects.toMatchObject(namesField("password"));
  await expect(visitor.signUp({ ...account, password: text })).rejects.toMatchObject(namesField("password"));
  await expect(visitor.signUp({ ...account, fullName: text })).rejects.toMatchObject(namesField("fullName"));
  const tokenHash = `${text}0123456789abcdef`;
  await expect(visitor.confirmEmail({ tokenHash })).rejects.toMatchObject(namesField("tokenHash"));
  await expect(visitor.resetPassword({ tokenHash, newPassword: account.password })).rejects.toMatchObject(
    namesField("tokenHash"),
  );
  await expect(visitor.resetPassword({ tokenHash: "0".repeat(56), newPassword: text })).rejects.toMatchObject(
    namesField("newPassword"),
  );
});
