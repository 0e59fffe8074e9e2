import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, SITE, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ mailIntervalSec: 60 });
});
afterAll(() => project.stop());

function hashOf(to: string): string {
  return project.inbox.last(to).link?.searchParams.get("token") ?? "";
}

test("a forgotten password is reset through the mail; the new one works and the old one does not", async () => {
  const { email } = await createConfirmed(project);
  const client = project.client();
  expect((await client.auth.resetPasswordForEmail(email, { redirectTo: `${SITE}/reset` })).error).toBeNull();
  const mail = project.inbox.last(email);
  expect(mail.subject).toBe("Reset your password");
  expect(mail.link?.searchParams.get("redirect_to")).toBe(`${SITE}/reset`);
  const { data } = await client.auth.verifyOtp({ token_hash: hashOf(email), type: "recovery" });
  expect(data.session?.user.email).toBe(email);
  expect((await client.auth.updateUser({ password: "my new password" })).error).toBeNull();
  const old = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(old.error?.code).toBe("invalid_credentials");
  const fresh = await project.client().auth.signInWithPassword({ email, password: "my new password" });
  expect(fresh.error).toBeNull();
});

test("an unknown address gets the same answer and no mail", async () => {
  const { email } = await createConfirmed(project);
  const known = await raw(project, "POST", "/recover", { body: { email } });
  const before = project.inbox.mails.length;
  const unknown = await raw(project, "POST", "/recover", { body: { email: newEmail() } });
  expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
  expect(unknown.text).toBe("{}");
  expect(project.inbox.mails).toHaveLength(before);
});

test("a second request within the interval is refused, and a recovery hash works only as recovery", async () => {
  const { email } = await createConfirmed(project);
  await project.client().auth.resetPasswordForEmail(email);
  const again = await project.client().auth.resetPasswordForEmail(email);
  expect(again.error).toMatchObject({ status: 429, code: "over_email_send_rate_limit" });
  const wrong = await project.client().auth.verifyOtp({ token_hash: hashOf(email), type: "signup" });
  expect(wrong.error?.code).toBe("otp_expired");
  const right = await project.client().auth.verifyOtp({ token_hash: hashOf(email), type: "recovery" });
  expect(right.error).toBeNull();
});

test("a banned user cannot redeem a link", async () => {
  const { email, id } = await createConfirmed(project);
  await project.client().auth.resetPasswordForEmail(email);
  await project.admin.auth.admin.updateUserById(id, { ban_duration: "1h" });
  const { error } = await project.client().auth.verifyOtp({ token_hash: hashOf(email), type: "recovery" });
  expect(error).toMatchObject({ status: 403, code: "user_banned" });
});

test("a new password makes every older mail useless", async () => {
  const { email, id } = await createConfirmed(project);
  await project.client().auth.resetPasswordForEmail(email);
  const hash = hashOf(email);
  await project.admin.auth.admin.updateUserById(id, { password: "set by the operator" });
  const { error } = await project.client().auth.verifyOtp({ token_hash: hash, type: "recovery" });
  expect(error?.code).toBe("otp_expired");
});

test("a sign-in link signs a known user in", async () => {
  const { email } = await createConfirmed(project);
  expect((await project.client().auth.signInWithOtp({ email })).error).toBeNull();
  const { otp, subject } = project.inbox.last(email);
  expect(subject).toBe("Your sign-in link");
  const { data } = await project.client().auth.verifyOtp({ email, token: otp, type: "email" });
  expect(data.session?.user.email).toBe(email);
});

test("a sign-in link makes a new user, unless that is not wanted", async () => {
  const email = newEmail();
  const refused = await project.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
  expect(refused.error).toMatchObject({ status: 422, code: "otp_disabled" });
  await project.client().auth.signInWithOtp({ email, options: { data: { from: "link" } } });
  const { data } = await project.client().auth.verifyOtp({ token_hash: hashOf(email), type: "email" });
  expect(data.user).toMatchObject({ email, user_metadata: { from: "link", email_verified: true } });
});

test.each([
  [{}, 400, "validation_failed", "Password recovery requires an email"],
  [{ email: "nobody" }, 400, "validation_failed", "Unable to validate email address: invalid format"],
  [{ email: "a@b.c", code_challenge: "x" }, 400, "validation_failed", "The local Supabase has no PKCE flow"],
])("the recovery %j is refused", async (body, status, code, message) => {
  const answer = await raw(project, "POST", "/recover", { body });
  expect(answer).toMatchObject({ status, json: { error_code: code, msg: expect.stringContaining(message) } });
});

test.each([
  [{}, "Verify requires a verification type"],
  [{ type: "signup" }, "Verify requires either a token or a token hash"],
  [{ type: "signup", token: "123456" }, "Only an email address or phone number should be provided on verify"],
  [{ type: "signup", token_hash: "ab", email: "a@b.c" }, "Only the token_hash and type should be provided"],
  [{ type: "signup", token_hash: "ab", token: "123456" }, "Verify requires either a token or a token hash"],
  [{ type: "sms", token_hash: "ab" }, "Invalid email verification type"],
])("the verification %j is refused", async (body, message) => {
  const answer = await raw(project, "POST", "/verify", { body });
  expect(answer).toMatchObject({ status: 400, json: { error_code: "validation_failed", msg: message } });
});
