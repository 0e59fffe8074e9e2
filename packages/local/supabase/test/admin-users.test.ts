import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, newEmail, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

test("the service role creates a confirmed user who can sign in, with role and metadata", async () => {
  const email = newEmail();
  const { data, error } = await project.admin.auth.admin.createUser({
    email,
    password: PASSWORD,
    email_confirm: true,
    user_metadata: { name: "Ada" },
    app_metadata: { plan: "pro" },
  });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    email,
    role: "authenticated",
    user_metadata: { name: "Ada", email_verified: true },
    app_metadata: { plan: "pro", provider: "email", providers: ["email"] },
  });
  expect((await signIn(project, email)).session.user.id).toBe(data.user?.id);
  expect(project.inbox.mails).toHaveLength(0);
});

test("an unconfirmed user cannot sign in until confirmed", async () => {
  const email = newEmail();
  const { data } = await project.admin.auth.admin.createUser({ email, password: PASSWORD });
  const before = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(before.error?.code).toBe("email_not_confirmed");
  await project.admin.auth.admin.updateUserById(data.user?.id ?? "", { email_confirm: true });
  await signIn(project, email);
});

test("a wanted id and a bcrypt hash are taken over", async () => {
  const id = randomUUID();
  const email = newEmail();
  const { rows } = await project.sql.query<{ hash: string }>(
    "select extensions.crypt($1, extensions.gen_salt('bf', 4)) as hash",
    [PASSWORD],
  );
  const { data } = await project.admin.auth.admin.createUser({
    id,
    email,
    password_hash: rows[0]?.hash ?? "",
    email_confirm: true,
  });
  expect(data.user?.id).toBe(id);
  expect((await signIn(project, email)).session.user.id).toBe(id);
});

test.each([
  [{}, 400, "validation_failed"],
  [{ email: "nobody" }, 400, "validation_failed"],
  [{ email: "a@b.c", id: "7" }, 400, "validation_failed"],
  [{ email: "a@b.c", id: "00000000-0000-0000-0000-000000000000" }, 400, "validation_failed"],
  [{ email: "a@b.c", password: "x".repeat(73) }, 400, "validation_failed"],
  [{ email: "a@b.c", password_hash: "plain" }, 400, "validation_failed"],
  [{ email: "a@b.c", ban_duration: "soon" }, 400, "validation_failed"],
  [{ email: "a@b.c", role: "x".repeat(300) }, 400, "bad_json"],
  [{ email: "a@b.c", phone: "+15550100" }, 400, "phone_provider_disabled"],
])("creating %j is refused and creates nobody", async (body, status, code) => {
  const headers = { authorization: `Bearer ${project.supabase.serviceKey}` };
  expect(await raw(project, "POST", "/admin/users", { body, headers })).toMatchObject({
    status,
    json: { error_code: code },
  });
  const { rows } = await project.sql.query("select from auth.users where email = 'a@b.c'");
  expect(rows).toHaveLength(0);
});

test("an address or an id that is taken is refused", async () => {
  const { email, id } = await createConfirmed(project);
  const sameEmail = await project.admin.auth.admin.createUser({ email });
  expect(sameEmail.error).toMatchObject({ status: 422, code: "email_exists" });
  const sameId = await project.admin.auth.admin.createUser({ id, email: newEmail() });
  expect(sameId.error).toMatchObject({ status: 422, code: "user_already_exists" });
  const other = await createConfirmed(project);
  const change = await project.admin.auth.admin.updateUserById(other.id, { email });
  expect(change.error).toMatchObject({ status: 422, code: "email_exists" });
});

test("a weak password is taken for a new user and refused for an existing one, as GoTrue does", async () => {
  const { data, error } = await project.admin.auth.admin.createUser({ email: newEmail(), password: "x" });
  expect(error).toBeNull();
  const change = await project.admin.auth.admin.updateUserById(data.user?.id ?? "", { password: "y" });
  expect(change.error).toMatchObject({ status: 422, code: "weak_password" });
});

test("an update merges metadata, changes address and password, and ends the sessions", async () => {
  const { email, id } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  const wanted = newEmail();
  await project.admin.auth.admin.updateUserById(id, { app_metadata: { a: 1, b: 2 } });
  const { data } = await project.admin.auth.admin.updateUserById(id, {
    email: wanted,
    password: "another password",
    app_metadata: { b: null },
    user_metadata: { name: "Grace" },
  });
  expect(data.user).toMatchObject({ email: wanted, user_metadata: { name: "Grace" } });
  expect(data.user?.app_metadata).toEqual({ provider: "email", providers: ["email"], a: 1 });
  const refresh = await project.client().auth.refreshSession({ refresh_token: session.refresh_token });
  expect(refresh.error?.code).toBe("refresh_token_not_found");
  const again = await project.client().auth.signInWithPassword({ email: wanted, password: "another password" });
  expect(again.error).toBeNull();
});

test("a user is read by id; an unknown one is not found, something else is no id", async () => {
  const { email, id } = await createConfirmed(project);
  expect((await project.admin.auth.admin.getUserById(id)).data.user?.email).toBe(email);
  expect((await project.admin.auth.admin.getUserById(randomUUID())).error).toMatchObject({
    status: 404,
    code: "user_not_found",
  });
  const headers = { authorization: `Bearer ${project.supabase.serviceKey}` };
  expect(await raw(project, "GET", "/admin/users/7", { headers })).toMatchObject({
    status: 404,
    json: { error_code: "validation_failed", msg: "user_id must be an UUID" },
  });
});

test("only the service role may call, whatever the path", async () => {
  const { email } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  for (const path of ["/admin/users", "/admin/nothing", "/admin/generate_link"]) {
    expect(await raw(project, "GET", path)).toMatchObject({ status: 401, json: { error_code: "no_authorization" } });
    for (const token of [session.access_token, project.supabase.anonKey]) {
      const headers = { authorization: `Bearer ${token}` };
      expect(await raw(project, "GET", path, { headers })).toMatchObject({
        status: 403,
        json: { error_code: "not_admin" },
      });
    }
  }
  const invite = await raw(project, "POST", "/invite", { body: { email: newEmail() } });
  expect(invite).toMatchObject({ status: 401, json: { error_code: "no_authorization" } });
});
