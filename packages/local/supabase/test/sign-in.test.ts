import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({
    passwordMinLength: 8,
    passwordRequiredCharacters: ["abcdefghijklmnopqrstuvwxyz", "0123456789 "],
  });
});
afterAll(() => project.stop());

test("an unknown address and a wrong password get the same answer", async () => {
  const { email } = await createConfirmed(project);
  const unknown = await raw(project, "POST", "/token?grant_type=password", {
    body: { email: newEmail(), password: "x" },
  });
  const wrong = await raw(project, "POST", "/token?grant_type=password", { body: { email, password: "x" } });
  expect(unknown).toMatchObject({
    status: 400,
    json: { code: 400, error_code: "invalid_credentials", msg: "Invalid login credentials" },
  });
  expect([wrong.status, wrong.text]).toEqual([unknown.status, unknown.text]);
});

test("an unknown address costs as much time as a wrong password", async () => {
  const { email } = await createConfirmed(project);
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    known.push(await timeOf(email));
    unknown.push(await timeOf(newEmail()));
  }
  // Without the decoy hash the ratio is beyond ten.
  expect(median(known) / median(unknown)).toBeLessThan(2);
  expect(median(unknown) / median(known)).toBeLessThan(2);
});

async function timeOf(email: string): Promise<number> {
  const start = performance.now();
  await raw(project, "POST", "/token?grant_type=password", { body: { email, password: "wrong password 1" } });
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test("a banned user is told so, and may sign in once the ban is over or lifted", async () => {
  const { email, id } = await createConfirmed(project);
  await project.admin.auth.admin.updateUserById(id, { ban_duration: "1h30m" });
  const banned = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(banned.error).toMatchObject({ status: 400, code: "user_banned" });
  await project.admin.auth.admin.updateUserById(id, { ban_duration: "none" });
  await signIn(project, email);
  await project.admin.auth.admin.updateUserById(id, { ban_duration: "1h30m" });
  project.advance(5401);
  await signIn(project, email);
});

test.each([
  ["1h30m0x", "m"],
  ["-1h", "-"],
  ["soon", "s"],
  ["", null],
])("the ban duration %j is read as Go reads it", async (duration, wrong) => {
  const { id } = await createConfirmed(project);
  const { error } = await project.admin.auth.admin.updateUserById(id, { ban_duration: duration });
  expect(error?.code).toBe(wrong === null ? undefined : "validation_failed");
});

test("signing in notes the time, the address and the method", async () => {
  const { email, id } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  expect(session.user.last_sign_in_at).toBeTruthy();
  const { rows } = await project.sql.query(
    `select host(s.ip) as ip, s.aal, s.user_agent, c.authentication_method as method
     from auth.sessions s join auth.mfa_amr_claims c on c.session_id = s.id where s.user_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ ip: "127.0.0.1", aal: "aal1", user_agent: expect.any(String), method: "password" }]);
});

test("the client's address is taken from Sb-Forwarded-For only with the service key", async () => {
  const { email, id } = await createConfirmed(project);
  const body = { email, password: PASSWORD };
  const headers = { "sb-forwarded-for": "203.0.113.7" };
  const { supabase } = project;
  await raw(project, "POST", "/token?grant_type=password", { body, headers });
  await raw(project, "POST", "/token?grant_type=password", {
    body,
    headers: { ...headers, apikey: supabase.serviceKey },
  });
  const { rows } = await project.sql.query(
    "select host(ip) as ip from auth.sessions where user_id = $1 order by created_at",
    [id],
  );
  expect(rows).toEqual([{ ip: "127.0.0.1" }, { ip: "203.0.113.7" }]);
});

test.each([
  ["short1", ["length"], "Password should be at least 8 characters."],
  ["longenoughbutplain", ["characters"], "Password should contain at least one character of each"],
  ["SHORT", ["length", "characters"], "Password should be at least 8 characters. Password should contain"],
])("the password %s is weak: %j", async (password, reasons, message) => {
  const { error } = await project.client().auth.signUp({ email: newEmail(), password });
  expect(error).toMatchObject({ status: 422, code: "weak_password", reasons });
  expect(error?.message).toContain(message);
});

test("a password is refused beyond 72 bytes, and taken up to there", async () => {
  const tooLong = await project.client().auth.signUp({ email: newEmail(), password: `${"ä".repeat(36)}1a` });
  expect(tooLong.error).toMatchObject({ status: 400, code: "validation_failed" });
  const email = newEmail();
  const password = `${"ä".repeat(35)}1a`;
  await project.admin.auth.admin.createUser({ email, password, email_confirm: true });
  expect((await project.client().auth.signInWithPassword({ email, password })).error).toBeNull();
  const shorter = await project.client().auth.signInWithPassword({ email, password: password.slice(0, -1) });
  expect(shorter.error?.code).toBe("invalid_credentials");
});

test.each([
  [{ password: "x" }, 422, "anonymous_provider_disabled"],
  [{ email: "a@b.c" }, 400, "validation_failed"],
  [{ email: "not an address", password: PASSWORD }, 400, "validation_failed"],
  [{ email: `${"a".repeat(250)}@b.com`, password: PASSWORD }, 400, "validation_failed"],
  [{ email: "a@b.c\r\nBcc: d@e.f", password: PASSWORD }, 400, "validation_failed"],
  [{ phone: "+15550100", password: PASSWORD }, 400, "phone_provider_disabled"],
  [{ email: "a@b.c", phone: "+15550100", password: PASSWORD }, 400, "validation_failed"],
  [{ email: "a@b.c", password: PASSWORD, code_challenge: "x" }, 400, "validation_failed"],
  [{ email: 7, password: PASSWORD }, 400, "bad_json"],
  [{ email: "a@b.c", password: PASSWORD, data: "x" }, 400, "bad_json"],
])("the sign-up %j is refused", async (body, status, code) => {
  expect(await raw(project, "POST", "/signup", { body })).toMatchObject({ status, json: { error_code: code } });
});

test.each([
  ["?grant_type=password", {}, 400, "validation_failed"],
  ["?grant_type=password", { phone: "+15550100", password: "x" }, 400, "phone_provider_disabled"],
  ["?grant_type=magic", {}, 400, "invalid_credentials"],
  ["", {}, 400, "invalid_credentials"],
  ["?grant_type=id_token", {}, 400, "provider_disabled"],
  ["?grant_type=pkce", {}, 404, "flow_state_not_found"],
])("the grant %s with %j is refused", async (query, body, status, code) => {
  expect(await raw(project, "POST", `/token${query}`, { body })).toMatchObject({ status, json: { error_code: code } });
});
