import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuthApp } from "./auth-app.ts";
import { createAuthApp } from "./auth-app.ts";

const password = "correct horse battery";
const newEmail = () => `${randomUUID()}@example.com`;

describe("where addresses are confirmed", () => {
  let app: AuthApp;
  beforeAll(async () => {
    app = await createAuthApp();
  });
  afterAll(() => app.close());

  test("signing up sends a mail whose link signs in", async () => {
    const email = newEmail();
    const visitor = await app.callerOf();
    const input = { email, password, fullName: "Ada Lovelace" };
    expect(await visitor.signUp(input)).toEqual({ status: "confirmation_sent" });
    await expect(visitor.signIn({ email, password })).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
      cause: { appCode: "auth.email_not_confirmed" },
    });
    const tokenHash = await app.tokenHashSentTo(email, "Confirm");
    const confirmed = await visitor.confirmEmail({ tokenHash });
    if (confirmed.status !== "signed_in") throw new Error("no second factor here");
    expect(confirmed.user.email).toBe(email);
    const me = await (await app.callerOf(confirmed.session.accessToken)).me();
    expect(me).toMatchObject({
      user: { id: confirmed.user.id, email, aal: "aal1" },
      profile: { fullName: "Ada Lovelace" },
      organizations: [{ name: "Ada Lovelace", isPersonal: true, role: "owner" }],
      isOperator: false,
    });
    expect((await app.eventsOf(me.user.id)).map(({ name }) => name)).toEqual([
      "auth.signed_up",
      "auth.email_confirmed",
    ]);
  });

  test("a link works once, and one that never was is as wrong", async () => {
    const email = newEmail();
    const visitor = await app.callerOf();
    await visitor.signUp({ email, password, fullName: "Bob" });
    const tokenHash = await app.tokenHashSentTo(email, "Confirm");
    await visitor.confirmEmail({ tokenHash });
    const refusal = { code: "BAD_REQUEST", cause: { appCode: "auth.token_invalid" } };
    await expect(visitor.confirmEmail({ tokenHash })).rejects.toMatchObject(refusal);
    await expect(visitor.confirmEmail({ tokenHash: "0".repeat(56) })).rejects.toMatchObject(refusal);
  });

  test("a known address gets the answer of a new one, and nothing happens to its account", async () => {
    const email = newEmail();
    const visitor = await app.callerOf();
    await visitor.signUp({ email, password, fullName: "First" });
    await visitor.confirmEmail({ tokenHash: await app.tokenHashSentTo(email, "Confirm") });
    const mails = await app.mailsTo(email);
    const again = { email: email.toUpperCase(), password: "another password", fullName: "Second" };
    expect(await visitor.signUp(again)).toEqual({ status: "confirmation_sent" });
    expect(await app.mailsTo(email)).toBe(mails);
    expect(await visitor.signIn({ email, password })).toMatchObject({ status: "signed_in" });
  });

  test("the confirmation can be sent again; an unknown address gets the same answer and no mail", async () => {
    const [email, unknown] = [newEmail(), newEmail()];
    const visitor = await app.callerOf();
    await visitor.signUp({ email, password, fullName: "Cy" });
    expect(await visitor.resendConfirmation({ email })).toEqual({ status: "sent_if_known" });
    expect(await visitor.resendConfirmation({ email: unknown })).toEqual({ status: "sent_if_known" });
    expect([await app.mailsTo(email), await app.mailsTo(unknown)]).toEqual([2, 0]);
    const tokenHash = await app.tokenHashSentTo(email, "Confirm");
    expect(await visitor.confirmEmail({ tokenHash })).toMatchObject({ status: "signed_in" });
  });

  test.each([
    ["email", { email: "not an address" }],
    ["email", { email: `${"a".repeat(250)}@example.com` }],
    ["password", { password: "short" }],
    ["password", { password: "é".repeat(40) }],
    ["fullName", { fullName: "   " }],
    ["fullName", { fullName: "Ada\r\nBcc: eve@example.com" }],
  ])("bad input names its field: %s of %j", async (path, change) => {
    const visitor = await app.callerOf();
    await expect(visitor.signUp({ email: newEmail(), password, fullName: "Ada", ...change })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path }] },
    });
  });

  test("one address is limited, also when it does not exist and whoever asks", async () => {
    const email = newEmail();
    for (let round = 0; round < 5; round += 1) {
      await (await app.callerOf(undefined, `192.0.2.${round}`)).resendConfirmation({ email });
    }
    const other = await app.callerOf(undefined, "198.51.100.7");
    await expect(other.resendConfirmation({ email: email.toUpperCase() })).rejects.toMatchObject({
      code: "TOO_MANY_REQUESTS",
      cause: { appCode: "core.limited", retryAfterSec: expect.any(Number) },
    });
    expect(await other.resendConfirmation({ email: newEmail() })).toEqual({ status: "sent_if_known" });
  });
});

describe("where mails to one address keep a distance", () => {
  let app: AuthApp;
  beforeAll(async () => {
    app = await createAuthApp({ mailIntervalSec: 60 });
  });
  afterAll(() => app.close());

  test("signing up once more, or twice at once, is answered alike and sends one mail whose link works", async () => {
    const email = newEmail();
    const visitor = await app.callerOf();
    const signUp = () => visitor.signUp({ email, password, fullName: "Ada" });
    const answers = [...(await Promise.all([signUp(), signUp()])), await signUp()];
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ status: "confirmation_sent" })));
    expect(await app.mailsTo(email)).toBe(1);
    const tokenHash = await app.tokenHashSentTo(email, "Confirm");
    expect(await visitor.confirmEmail({ tokenHash })).toMatchObject({ status: "signed_in" });
  });
});

describe("where addresses are not confirmed", () => {
  let app: AuthApp;
  beforeAll(async () => {
    app = await createAuthApp({ autoconfirm: true, passwordMinLength: 12 });
  });
  afterAll(() => app.close());

  test("signing up signs in", async () => {
    const email = newEmail();
    const result = await (await app.callerOf()).signUp({ email, password, fullName: "Ada" });
    if (result.status !== "signed_in") throw new Error("nothing to confirm here");
    expect(result.session.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await (await app.callerOf(result.session.accessToken)).me()).toMatchObject({ user: { email } });
    const sessionId = expect.any(String);
    expect(await app.eventsOf(result.user.id)).toEqual([
      { name: "auth.signed_up", data: { userId: result.user.id } },
      { name: "auth.signed_in", data: { userId: result.user.id, sessionId, needsSecondFactor: false } },
    ]);
  });

  test("a known address is a conflict", async () => {
    const email = newEmail();
    const visitor = await app.callerOf();
    await visitor.signUp({ email, password, fullName: "Ada" });
    await expect(visitor.signUp({ email, password, fullName: "Ada" })).rejects.toMatchObject({
      code: "CONFLICT",
      cause: { appCode: "auth.account_exists" },
    });
  });

  test("a password that the project finds weak says why", async () => {
    const visitor = await app.callerOf();
    const input = { email: newEmail(), password: "8charact", fullName: "Ada" };
    await expect(visitor.signUp(input)).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "auth.weak_password", fieldIssues: [{ path: "password", message: "It is too short." }] },
    });
  });
});
