import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApp } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import { expectedGrants } from "./expected-grants.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [] });
});
afterAll(() => app.close());

async function rows<T>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(app.owner)).rows;
}

test("row level security is enabled and forced on every table of public and private", async () => {
  const open = await rows(sql<{ name: string }>`
    select relation.oid::regclass::text as name
    from pg_class relation
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
      and not (relrowsecurity and relforcerowsecurity)`);
  expect(open).toEqual([]);
});

test("every public table refuses a dead session by a restrictive policy", async () => {
  const open = await rows(sql<{ name: string }>`
    select relation.oid::regclass::text as name
    from pg_class relation
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and not exists (select 1 from pg_policy p where p.polrelid = relation.oid and not p.polpermissive
        and pg_get_expr(p.polqual, p.polrelid) like '%session_ok%')`);
  expect(open).toEqual([]);
});

test("private tables have one policy, the login role's", async () => {
  const policies = await rows(sql<{ name: string; policies: string[] }>`
    select relation.relname as name, array_agg(policy.polname::text || ' to ' || role.rolname::text) as policies
    from pg_class relation
    join pg_policy policy on policy.polrelid = relation.oid
    join pg_roles role on role.oid = any (policy.polroles)
    where relnamespace = 'private'::regnamespace
    group by 1 order by 1`);
  expect(policies.length).toBeGreaterThan(0);
  for (const { policies: found } of policies) expect(found).toEqual(["login_role to turnpike_api"]);
});

test("no role has a grant on a table that is not on the list", async () => {
  const grants = await rows(sql<{ grant: string }>`
    select grantee || ': ' || string_agg(privilege, ', ' order by privilege) || ' on ' || name as grant
    from (
      select coalesce(role.rolname, 'PUBLIC')::text as grantee, lower(acl.privilege_type) as privilege,
        relation.oid::regclass::text as name
      from pg_class relation, aclexplode(relation.relacl) acl left join pg_roles role on role.oid = acl.grantee
      where relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and acl.grantee <> relation.relowner
      union all
      select coalesce(role.rolname, 'PUBLIC')::text, lower(acl.privilege_type) || ' (' || string_agg(attribute.attname::text, ' ' order by attribute.attname::text) || ')',
        relation.oid::regclass::text
      from pg_class relation
      join pg_attribute attribute on attribute.attrelid = relation.oid, aclexplode(attribute.attacl) acl
        left join pg_roles role on role.oid = acl.grantee
      where relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      group by role.rolname, acl.privilege_type, relation.oid
    ) as found
    group by grantee, name
    order by name, grantee`);
  expect(grants.map(({ grant }) => grant)).toEqual(expectedGrants);
});

test("nobody but the service and, where a policy needs it, visitors and users may run our functions", async () => {
  const open = await rows(sql<{ grant: string }>`
    select coalesce(role.rolname, 'PUBLIC') || ': ' || p.proname as grant
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl left join pg_roles role on role.oid = acl.grantee
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and acl.grantee <> p.proowner and coalesce(role.rolname, 'PUBLIC') <> 'service_role'
    order by 1`);
  expect(open.map(({ grant }) => grant)).toEqual([
    "anon: claims",
    "anon: session_ok",
    "authenticated: claims",
    "authenticated: my_organizations",
    "authenticated: session_ok",
  ]);
});

test("definer functions have a fixed, empty search path", async () => {
  const open = await rows(sql<{ name: string }>`
    select p.proname as name from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.prosecdef
      and not coalesce(p.proconfig @> array['search_path=""'], false)`);
  expect(open).toEqual([]);
});

test("the login role is no superuser, owns nothing and inherits nothing", async () => {
  const [role] = await rows(sql<{ super: boolean; inherits: boolean; bypass: boolean; owns: number }>`
    select rolsuper as super, rolinherit as inherits, rolbypassrls as bypass,
      (select count(*)::int from pg_class where relowner = pg_roles.oid) as owns
    from pg_roles where rolname = 'turnpike_api'`);
  expect(role).toEqual({ super: false, inherits: false, bypass: false, owns: 0 });
});
