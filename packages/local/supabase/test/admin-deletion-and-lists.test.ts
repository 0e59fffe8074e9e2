import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, createConfirmed, signIn } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject();
});
afterAll(() => project.stop());

test("users are listed newest first, in pages that supabase-js understands", async () => {
  const made: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    project.advance(1);
    made.unshift((await createConfirmed(project)).email);
  }
  const first = await project.admin.auth.admin.listUsers({ page: 1, perPage: 2 });
  expect(first.data.users.map((user) => user.email)).toEqual(made.slice(0, 2));
  expect(first.data).toMatchObject({ total: 5, nextPage: 2, lastPage: 3, aud: "authenticated" });
  const last = await project.admin.auth.admin.listUsers({ page: 3, perPage: 2 });
  expect(last.data.users.map((user) => user.email)).toEqual(made.slice(4));
  expect(last.data).toMatchObject({ nextPage: null, lastPage: 3 });
});

test("a list is filtered by address, and its numbers are checked", async () => {
  const { email } = await createConfirmed(project);
  const headers = { authorization: `Bearer ${project.supabase.serviceKey}` };
  const found = await raw(
    project,
    "GET",
    `/admin/users?filter=${encodeURIComponent(email.slice(5, 25).toUpperCase())}`,
    {
      headers,
    },
  );
  expect(found.json).toMatchObject({ users: [{ email }] });
  expect(found.headers.get("x-total-count")).toBe("1");
  const none = await raw(project, "GET", "/admin/users?filter=%25", { headers });
  expect(none.json).toMatchObject({ users: [] });
  for (const query of ["page=0", "page=-1", "per_page=x", "page=1e3"]) {
    const answer = await raw(project, "GET", `/admin/users?${query}`, { headers });
    expect(answer).toMatchObject({ status: 400, json: { error_code: "validation_failed" } });
  }
});

test("deleting a user takes sessions, identities and rows that cascade", async () => {
  await project.sql.query(
    "create table public.profiles (id uuid primary key references auth.users (id) on delete cascade)",
  );
  const { email, id } = await createConfirmed(project);
  await project.sql.query("insert into public.profiles values ($1)", [id]);
  const { session } = await signIn(project, email);
  expect((await project.admin.auth.admin.deleteUser(id)).error).toBeNull();
  const { rows } = await project.sql.query(
    `select (select count(*)::int from public.profiles where id = $1) as profiles,
       (select count(*)::int from auth.sessions where user_id = $1) as sessions,
       (select count(*)::int from auth.identities where user_id = $1) as identities`,
    [id],
  );
  expect(rows).toEqual([{ profiles: 0, sessions: 0, identities: 0 }]);
  expect(
    await raw(project, "GET", "/user", { headers: { authorization: `Bearer ${session.access_token}` } }),
  ).toMatchObject({
    status: 403,
    json: { error_code: "user_not_found" },
  });
  expect((await project.admin.auth.admin.deleteUser(id)).error).toMatchObject({ status: 404, code: "user_not_found" });
});

test("a foreign key that forbids the deletion is reported and nothing is deleted", async () => {
  await project.sql.query("create table public.invoices (user_id uuid references auth.users (id))");
  const { email, id } = await createConfirmed(project);
  await project.sql.query("insert into public.invoices values ($1)", [id]);
  const { error } = await project.admin.auth.admin.deleteUser(id);
  expect(error).toMatchObject({ status: 500, message: "Database error deleting user" });
  await signIn(project, email);
});

test("a soft deletion keeps the row without anything personal, and frees the address", async () => {
  const { email, id } = await createConfirmed(project);
  const { session } = await signIn(project, email);
  expect((await project.admin.auth.admin.deleteUser(id, true)).error).toBeNull();
  const { data } = await project.admin.auth.admin.getUserById(id);
  expect(data.user?.deleted_at).toBeTruthy();
  expect(JSON.stringify(data.user)).not.toContain(email);
  expect(data.user).toMatchObject({ user_metadata: {}, app_metadata: {} });
  const refresh = await project.client().auth.refreshSession({ refresh_token: session.refresh_token });
  expect(refresh.error?.code).toBe("refresh_token_not_found");
  const signInAgain = await project.client().auth.signInWithPassword({ email, password: PASSWORD });
  expect(signInAgain.error?.code).toBe("invalid_credentials");
  expect((await createConfirmed(project, email)).id).not.toBe(id);
});
