import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LocalPostgres, startPostgres } from "@turnpike/local-postgres";
import { RealSupabaseError, bootstrapDatabase } from "../src/index.ts";

let folder: string;
let postgres: LocalPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-bootstrap-"));
  postgres = await startPostgres({ dataDir: join(folder, "pg"), settings: { fsync: "off" } });
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the statements on one connection and returns the rows of the last. */
async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

async function newDatabase(name: string): Promise<string> {
  await run(postgres.url, `create database ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

const CATALOGUE = `
  select xmin::text, 'class' as kind, relname as name from pg_class where relnamespace::regnamespace::text in ('auth', 'storage')
  union all select xmin::text, 'function', proname from pg_proc where pronamespace::regnamespace::text in ('auth', 'storage')
  union all select xmin::text, 'schema', nspname from pg_namespace
  union all select xmin::text, 'role', rolname from pg_authid
  union all select xmin::text, 'setting', setconfig::text from pg_db_role_setting
  order by 2, 3`;

test("running it twice leaves every row of the catalogue untouched", async () => {
  const url = await newDatabase("twice");
  await bootstrapDatabase(url);
  const before = await run(url, CATALOGUE);
  await bootstrapDatabase(url);
  expect(await run(url, CATALOGUE)).toEqual(before);
  expect(before.length).toBeGreaterThan(60);
});

test("several databases of a cluster, and one database several times, may be bootstrapped at the same moment", async () => {
  const urls = await Promise.all(["at_once_1", "at_once_2", "at_once_3"].map(newDatabase));
  await Promise.all([...urls, ...urls].map(bootstrapDatabase));
  for (const url of urls) expect(await run(url, "select count(*)::int as n from auth.users")).toEqual([{ n: 0 }]);
});

test("a database with somebody else's auth schema is refused and not changed", async () => {
  const url = await newDatabase("real_one");
  await run(url, "create schema auth", "create table auth.users (id uuid primary key)");
  await expect(bootstrapDatabase(url)).rejects.toBeInstanceOf(RealSupabaseError);
  expect(await run(url, "select to_regnamespace('storage') as storage")).toEqual([{ storage: null }]);
});

test("a failure in the middle leaves nothing behind", async () => {
  const url = await newDatabase("halfway");
  // The storage part comes last and meets a table that does not fit.
  await run(url, "create schema storage", "create table storage.objects (odd int)");
  await expect(bootstrapDatabase(url)).rejects.toThrow(/does not exist/);
  expect(await run(url, "select to_regnamespace('auth') as auth")).toEqual([{ auth: null }]);
});

test("in production a plain database is refused, and one that is ready passes", async () => {
  const url = await newDatabase("production");
  vi.stubEnv("NODE_ENV", "production");
  await expect(bootstrapDatabase(url)).rejects.toThrow(/NODE_ENV=production/);
  vi.stubEnv("NODE_ENV", "test");
  await bootstrapDatabase(url);
  vi.stubEnv("NODE_ENV", "production");
  await expect(bootstrapDatabase(url)).resolves.toBeUndefined();
  vi.unstubAllEnvs();
});

test("the roles have exactly Supabase's attributes and memberships", async () => {
  const url = await newDatabase("roles");
  await bootstrapDatabase(url);
  const roles = await run(
    url,
    `select rolname as role, rolcanlogin as login, rolinherit as inherit, rolbypassrls as bypass, rolsuper as super,
       array(select roleid::regrole::text from pg_auth_members where member = r.oid order by 1) as of
     from pg_roles r
     where rolname in ('anon', 'authenticated', 'service_role', 'authenticator', 'supabase_auth_admin') order by 1`,
  );
  const three = ["anon", "authenticated", "service_role"];
  const plain = { login: false, inherit: false, bypass: false, super: false, of: [] };
  expect(roles).toEqual([
    { ...plain, role: "anon" },
    { ...plain, role: "authenticated" },
    { ...plain, role: "authenticator", login: true, of: three },
    { ...plain, role: "service_role", bypass: true },
    { ...plain, role: "supabase_auth_admin", login: true },
  ]);
});

test("the claim functions read request.jwt.claims, and the older settings first", async () => {
  const url = await newDatabase("claims");
  await bootstrapDatabase(url);
  const read = "select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() ->> 'x' as x";
  const claims = JSON.stringify({
    sub: "11111111-1111-1111-1111-111111111111",
    role: "authenticated",
    email: "a@b.c",
    x: "y",
  });
  const set = `select set_config('request.jwt.claims', '${claims}', false)`;
  expect(await run(url, "set role anon", read)).toEqual([{ uid: null, role: null, email: null, x: null }]);
  expect(await run(url, "set request.jwt.claims = ''", read)).toEqual([
    { uid: null, role: null, email: null, x: null },
  ]);
  expect(await run(url, set, "set role authenticated", read)).toEqual([
    { uid: "11111111-1111-1111-1111-111111111111", role: "authenticated", email: "a@b.c", x: "y" },
  ]);
  const legacy = "select set_config('request.jwt.claim.sub', '22222222-2222-2222-2222-222222222222', false)";
  expect(await run(url, set, legacy, read)).toMatchObject([{ uid: "22222222-2222-2222-2222-222222222222" }]);
});

test("clients' roles can call the claim functions and read no table of auth", async () => {
  const url = await newDatabase("rights");
  await bootstrapDatabase(url);
  for (const role of ["anon", "authenticated", "service_role"]) {
    await expect(run(url, `set role ${role}`, "select auth.uid()")).resolves.toHaveLength(1);
    await expect(run(url, `set role ${role}`, "select id from auth.users")).rejects.toThrow(/permission denied/);
    await expect(run(url, `set role ${role}`, "select id from auth.refresh_tokens")).rejects.toThrow(
      /permission denied/,
    );
  }
  expect(await run(url, "set role anon", "select id from storage.objects")).toEqual([]);
});

test("citext compares without case where the extension is available, and the storage functions split names", async () => {
  const url = await newDatabase("extras");
  await bootstrapDatabase(url);
  expect(
    await run(url, "select 'A'::citext = 'a' as same, crypt('x', gen_salt('bf', 4)) is not null as hashes"),
  ).toEqual([{ same: true, hashes: true }]);
  const names = "select storage.foldername(n) as folder, storage.filename(n) as file, storage.extension(n) as ext";
  expect(await run(url, `${names} from (values ('a/b/c.tar.gz')) as v (n)`)).toEqual([
    { folder: ["a", "b"], file: "c.tar.gz", ext: "gz" },
  ]);
});
