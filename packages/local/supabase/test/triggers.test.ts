import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, newEmail } from "./support/accounts.ts";
import { raw } from "./support/raw-request.ts";
import { type Project, startProject } from "./support/start-project.ts";

let project: Project;
beforeAll(async () => {
  project = await startProject({ autoconfirm: true });
  await project.sql.query(`
    create table public.profiles (
      id uuid primary key references auth.users (id) on delete cascade,
      email text, name text, caller text, path text
    );
    alter table public.profiles enable row level security;
    alter table public.profiles force row level security;
    create function public.on_sign_up() returns trigger language plpgsql security definer set search_path = '' as $f$
    begin
      if new.email like 'refused-%' then
        raise exception 'secret reason of the project';
      end if;
      insert into public.profiles
      values (new.id, new.email, new.raw_user_meta_data ->> 'name', session_user, current_setting('role'));
      return new;
    end
    $f$;
    create trigger on_sign_up after insert on auth.users for each row execute function public.on_sign_up();
    create table public.probes (acting text, path text, reads boolean);
    grant insert on public.probes to supabase_auth_admin;
    create function public.probe() returns trigger language plpgsql as $f$
    begin
      insert into public.probes values
        (current_user, current_setting('search_path'), has_table_privilege('public.profiles', 'select'));
      return new;
    end
    $f$;
    create trigger probe after insert on auth.users for each row execute function public.probe();`);
});
afterAll(() => project.stop());

test("a security definer trigger sees the sign-up's metadata and writes past row level security", async () => {
  const email = newEmail();
  const { data } = await project
    .client()
    .auth.signUp({ email, password: PASSWORD, options: { data: { name: "Ada" } } });
  const { rows } = await project.sql.query("select id, email, name, path from public.profiles where email = $1", [
    email,
  ]);
  expect(rows).toEqual([{ id: data.user?.id, email, name: "Ada", path: "supabase_auth_admin" }]);
});

test("a trigger runs as supabase_auth_admin with its search_path, and has no rights on the project's tables", async () => {
  await project.sql.query("delete from public.probes");
  await project.client().auth.signUp({ email: newEmail(), password: PASSWORD });
  const { rows } = await project.sql.query("select * from public.probes");
  expect(rows).toEqual([{ acting: "supabase_auth_admin", path: "auth", reads: false }]);
});

test("a trigger that refuses undoes the sign-up; the reason stays in the server's log", async () => {
  const email = `refused-${newEmail()}`;
  const answer = await raw(project, "POST", "/signup", { body: { email, password: PASSWORD } });
  expect(answer).toMatchObject({
    status: 500,
    json: { code: 500, error_code: "unexpected_failure", msg: "Database error saving new user" },
  });
  expect(answer.text).not.toContain("secret reason");
  expect(String(project.errors.at(-1))).toContain("secret reason of the project");
  const { rows } = await project.sql.query("select from auth.users where email = $1", [email]);
  expect(rows).toHaveLength(0);
});

test("deleting the user takes the profile with it", async () => {
  const email = newEmail();
  const { data } = await project.client().auth.signUp({ email, password: PASSWORD });
  await project.admin.auth.admin.deleteUser(data.user?.id ?? "");
  const { rows } = await project.sql.query("select from public.profiles where email = $1", [email]);
  expect(rows).toHaveLength(0);
});

test("what happened is in the audit log, with GoTrue's action names", async () => {
  const email = newEmail();
  const client = project.client();
  const { data } = await client.auth.signUp({ email, password: PASSWORD });
  await client.auth.signOut();
  const { rows } = await project.sql.query<{ action: string }>(
    "select payload ->> 'action' as action from auth.audit_log_entries where payload ->> 'actor_id' = $1 order by created_at",
    [data.user?.id],
  );
  expect(rows.map((row) => row.action)).toEqual(["user_signedup", "logout"]);
});
