import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

const NEW_PASSWORD = "a new password";
let project: Project;
beforeAll(async () => {
  project = await startProject({ mailIntervalSec: 0 });
});
afterAll(() => project.stop());

async function newUser() {
  const { email, id } = await createConfirmed(project);
  return { email, id, ...(await signIn(project, email)) };
}

function hashOf(to: string): string {
  return project.inbox.last(to).link?.searchParams.get("token") ?? "";
}

test("metadata is merged, and null removes a key", async () => {
  const { client } = await newUser();
  await client.auth.updateUser({ data: { a: 1, b: { c: 2 } } });
  const { data } = await client.auth.updateUser({ data: { a: null, d: "ü" } });
  expect(data.user?.user_metadata).toEqual({ b: { c: 2 }, d: "ü", email_verified: true });
});

test("a user cannot set its own app_metadata", async () => {
  const { session } = await newUser();
  const answer = await raw(project, "PUT", "/user", {
    body: { app_metadata: { role: "admin" } },
    headers: { authorization: `Bearer ${session.access_token}` },
  });
  expect(answer).toMatchObject({ status: 403, json: { error_code: "not_admin" } });
});

test("a new password works, ends the other sessions and keeps this one", async () => {
  const { email, client } = await newUser();
  const other = await signIn(project, email);
  const { error } = await client.auth.updateUser({ password: NEW_PASSWORD });
  expect(error).toBeNull();
  expect((await client.auth.getUser()).error).toBeNull();
  expect((await other.client.auth.getUser()).error?.name).toBe("AuthSessionMissingError");
  const authorization = `Bearer ${other.session.access_token}`;
  expect(await raw(project, "GET", "/user", { headers: { authorization } })).toMatchObject({
    status: 403,
    json: { error_code: "session_not_found" },
  });
  const refresh = await project.client().auth.refreshSession({ refresh_token: other.session.refresh_token });
  expect(refresh.error?.code).toBe("refresh_token_not_found");
  const old = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(old.error?.code).toBe("invalid_credentials");
  expect((await project.client().auth.signInWithPassword({ email, password: NEW_PASSWORD })).error).toBeNull();
});

test("the same password again and a weak one are refused", async () => {
  const { client } = await newUser();
  expect((await client.auth.updateUser({ password: PASSWORD })).error).toMatchObject({
    status: 422,
    code: "same_password",
  });
  expect((await client.auth.updateUser({ password: "x" })).error).toMatchObject({ status: 422, code: "weak_password" });
});

test("a user with a verified second factor needs aal2 for address and password, not for metadata", async () => {
  const { id, client } = await newUser();
  await project.sql.query(
    `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret)
     values (gen_random_uuid(), $1, 'phone', 'totp', 'verified', now(), now(), 'secret')`,
    [id],
  );
  for (const change of [{ password: NEW_PASSWORD }, { email: newEmail() }]) {
    expect((await client.auth.updateUser(change)).error).toMatchObject({ status: 401, code: "insufficient_aal" });
  }
  const { data } = await client.auth.updateUser({ data: { ok: true } });
  expect(data.user?.factors).toMatchObject([{ friendly_name: "phone", factor_type: "totp", status: "verified" }]);
  expect(JSON.stringify(data.user)).not.toContain("secret");
});

test("a change of address needs both mails, in either order", async () => {
  const { email, client } = await newUser();
  const wanted = newEmail();
  const { data } = await client.auth.updateUser({ email: wanted });
  expect(data.user).toMatchObject({ email, new_email: wanted });
  expect(project.inbox.last(email).text).toContain(wanted);

  const first = await client.auth.verifyOtp({ token_hash: hashOf(wanted), type: "email_change" });
  expect(first.error).toBeNull();
  expect(first.data.session).toBeNull();
  expect((await client.auth.getUser()).data.user?.email).toBe(email);

  const { otp } = project.inbox.last(email);
  const second = await project.client().auth.verifyOtp({ email, token: otp, type: "email_change" });
  expect(second.data.user).toMatchObject({ email: wanted, identities: [{ identity_data: { email: wanted } }] });
  expect((await project.client().auth.signInWithPassword({ email: wanted, password: PASSWORD })).error).toBeNull();
});

test("both mails of a change of address redeemed at once change it", async () => {
  const { email, client } = await newUser();
  const wanted = newEmail();
  await client.auth.updateUser({ email: wanted });
  const answers = await Promise.all(
    [hashOf(email), hashOf(wanted)].map((hash) =>
      project.client().auth.verifyOtp({ token_hash: hash, type: "email_change" }),
    ),
  );
  expect(answers.map((answer) => answer.error)).toEqual([null, null]);
  expect((await client.auth.getUser()).data.user?.email).toBe(wanted);
});

test("one of the two mails cannot stand in for both", async () => {
  const { email, client } = await newUser();
  const wanted = newEmail();
  await client.auth.updateUser({ email: wanted });
  const hash = hashOf(wanted);
  await client.auth.verifyOtp({ token_hash: hash, type: "email_change" });
  const again = await client.auth.verifyOtp({ token_hash: hash, type: "email_change" });
  expect(again.error?.code).toBe("otp_expired");
  expect((await client.auth.getUser()).data.user?.email).toBe(email);
});

test("an address that somebody has is refused, also when taken between the request and the mail", async () => {
  const { client } = await newUser();
  const taken = await createConfirmed(project);
  expect((await client.auth.updateUser({ email: taken.email })).error).toMatchObject({
    status: 422,
    code: "email_exists",
  });

  const wanted = newEmail();
  const { email, client: late } = await newUser();
  await late.auth.updateUser({ email: wanted });
  await createConfirmed(project, wanted);
  await late.auth.verifyOtp({ token_hash: hashOf(email), type: "email_change" });
  const second = await late.auth.verifyOtp({ token_hash: hashOf(wanted), type: "email_change" });
  expect(second.error).toMatchObject({ status: 422, code: "email_exists" });
});

test("without secure changes the new address alone confirms", async () => {
  await project.restart({ secureEmailChange: false });
  const { email, client } = await newUser();
  const before = project.inbox.mails.length;
  const wanted = newEmail();
  await client.auth.updateUser({ email: wanted });
  expect(project.inbox.mails.slice(before).map((mail) => mail.to)).toEqual([wanted]);
  const { data } = await client.auth.verifyOtp({ token_hash: hashOf(wanted), type: "email_change" });
  expect(data.user?.email).toBe(wanted);
  expect(email).not.toBe(wanted);
  await project.restart();
});

test("where the project asks for it, a session older than a day needs the mailed code for a new password", async () => {
  await project.restart({ requireReauthentication: true, issueTokensForSec: 7 * 24 * 3600 });
  const { email, client } = await newUser();
  project.advance(25 * 3600);
  const missing = await client.auth.updateUser({ password: NEW_PASSWORD });
  expect(missing.error).toMatchObject({ status: 400, code: "reauthentication_needed" });
  expect((await client.auth.reauthenticate()).error).toBeNull();
  const { otp, link } = project.inbox.last(email);
  expect(link).toBeNull();
  const wrong = await client.auth.updateUser({ password: NEW_PASSWORD, nonce: otp === "123456" ? "654321" : "123456" });
  expect(wrong.error).toMatchObject({ status: 422, code: "reauthentication_not_valid" });
  expect((await client.auth.updateUser({ password: NEW_PASSWORD, nonce: otp })).error).toBeNull();
  const again = await client.auth.updateUser({ password: "yet another one", nonce: otp });
  expect(again.error?.code).toBe("reauthentication_not_valid");
});
