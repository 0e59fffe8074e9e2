import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, SITE, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ mailIntervalSec: 60 });
});
afterAll(() => project.stop());

test("a sign-up link creates the user and confirms it when opened; no mail goes out", async () => {
  const email = newEmail();
  const { data, error } = await project.admin.auth.admin.generateLink({
    type: "signup",
    email,
    password: PASSWORD,
    options: { data: { name: "Ada" }, redirectTo: "http://127.0.0.1:9999/in" },
  });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ email, user_metadata: { name: "Ada" } });
  expect(data.properties).toMatchObject({ verification_type: "signup", redirect_to: "http://127.0.0.1:9999/in" });
  const answer = await fetch(data.properties?.action_link ?? "", { redirect: "manual" });
  expect(answer.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:9999\/in#access_token=/);
  await signIn(project, email);
  expect(project.inbox.mails).toHaveLength(0);
});

test.each(["magiclink", "recovery"] as const)("a %s link signs a known user in by hash or code", async (type) => {
  const { email } = await createConfirmed(project);
  const byHash = await project.admin.auth.admin.generateLink({ type, email });
  const first = await project.client().auth.verifyOtp({ token_hash: byHash.data.properties?.hashed_token ?? "", type });
  expect(first.data.session?.user.email).toBe(email);
  const byCode = await project.admin.auth.admin.generateLink({ type, email });
  const token = byCode.data.properties?.email_otp ?? "";
  expect((await project.client().auth.verifyOtp({ email, token, type })).data.session?.user.email).toBe(email);
});

test("a magic link for an unknown address becomes a sign-up; a recovery link does not", async () => {
  const email = newEmail();
  const magic = await project.admin.auth.admin.generateLink({ type: "magiclink", email });
  expect(magic.data.properties?.verification_type).toBe("signup");
  const recovery = await project.admin.auth.admin.generateLink({ type: "recovery", email: newEmail() });
  expect(recovery.error).toMatchObject({ status: 404, code: "user_not_found" });
});

test("links for a change of address do what the mails do", async () => {
  const { email, id } = await createConfirmed(project);
  const newAddress = newEmail();
  for (const type of ["email_change_current", "email_change_new"] as const) {
    const { data, error } = await project.admin.auth.admin.generateLink({ type, email, newEmail: newAddress });
    expect(error).toBeNull();
    expect(data.properties?.action_link).toContain("type=email_change");
  }
  const { rows } = await project.sql.query<{ hash: string }>(
    "select token_hash as hash from auth.one_time_tokens where user_id = $1",
    [id],
  );
  for (const { hash } of rows) await project.client().auth.verifyOtp({ token_hash: hash, type: "email_change" });
  expect((await project.admin.auth.admin.getUserById(id)).data.user?.email).toBe(newAddress);
});

test("links and invitations for a confirmed address are refused", async () => {
  const { email } = await createConfirmed(project);
  const signUp = await project.admin.auth.admin.generateLink({ type: "signup", email, password: PASSWORD });
  expect(signUp.error).toMatchObject({ status: 422, code: "email_exists" });
  const link = await project.admin.auth.admin.generateLink({ type: "invite", email });
  expect(link.error).toMatchObject({ status: 422, code: "email_exists" });
  const invite = await project.admin.auth.admin.inviteUserByEmail(email);
  expect(invite.error).toMatchObject({ status: 422, code: "email_exists" });
});

test("an invited user accepts through the mail and then chooses a password", async () => {
  const email = newEmail();
  const { data, error } = await project.admin.auth.admin.inviteUserByEmail(email, { data: { team: "blue" } });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ email, user_metadata: { team: "blue" }, invited_at: expect.any(String) });
  const guess = await project.client().auth.signInWithPassword({ email, password: "" });
  expect(guess.error?.code).toBe("invalid_credentials");
  const mail = project.inbox.last(email);
  expect(mail.subject).toBe("You have been invited");
  expect(mail.link?.searchParams.get("redirect_to")).toBe(SITE);
  const client = project.client();
  await client.auth.verifyOtp({ token_hash: mail.link?.searchParams.get("token") ?? "", type: "invite" });
  expect((await client.auth.updateUser({ password: PASSWORD })).error).toBeNull();
  await signIn(project, email);
});

test("an invitation may be sent again at once, and only the new one works", async () => {
  const email = newEmail();
  await project.admin.auth.admin.inviteUserByEmail(email);
  const old = project.inbox.last(email).link?.searchParams.get("token") ?? "";
  expect((await project.admin.auth.admin.inviteUserByEmail(email)).error).toBeNull();
  const fresh = project.inbox.last(email).link?.searchParams.get("token") ?? "";
  expect((await project.client().auth.verifyOtp({ token_hash: old, type: "invite" })).error?.code).toBe("otp_expired");
  expect((await project.client().auth.verifyOtp({ token_hash: fresh, type: "invite" })).error).toBeNull();
});

test.each([
  [{ type: "signup", email: "a@b.c" }, 400, "validation_failed"],
  [{ type: "signup", email: "a@b.c", password: "x" }, 422, "weak_password"],
  [{ type: "sms", email: "a@b.c" }, 400, "validation_failed"],
  [{ type: "email_change_new", email: "a@b.c" }, 400, "validation_failed"],
  [{ type: "email_change_new", email: "a@b.c", new_email: "d@e.f" }, 404, "user_not_found"],
])("the link %j is refused", async (body, status, code) => {
  const headers = { authorization: `Bearer ${project.supabase.serviceKey}` };
  const answer = await raw(project, "POST", "/admin/generate_link", { body, headers });
  expect(answer).toMatchObject({ status, json: { error_code: code } });
});
