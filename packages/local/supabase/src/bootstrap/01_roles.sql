-- Roles belong to the whole cluster, so databases of one cluster may be bootstrapped at the same moment. A lock on a
-- shared catalog is the one lock they have in common; it does not block logins.
lock table pg_catalog.pg_authid in share row exclusive mode;

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      ('supabase_auth_admin', 'login noinherit createrole'),
      ('supabase_storage_admin', 'login noinherit createrole')
    ) as role (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.attributes);
    end if;
  end loop;
end
$$;

do $$
declare
  wanted record;
begin
  for wanted in
    select member, granted
    from (values ('authenticator'), ('supabase_storage_admin')) as members (member)
    cross join (values ('anon'), ('authenticated'), ('service_role')) as roles (granted)
  loop
    if not exists (
      select
      from pg_catalog.pg_auth_members m
      where m.roleid = wanted.granted::regrole and m.member = wanted.member::regrole
    ) then
      execute format('grant %I to %I', wanted.granted, wanted.member);
    end if;
  end loop;
end
$$;

-- GoTrue works with this search_path, so triggers on auth.users see it too.
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = 60000;
alter role supabase_storage_admin set search_path = storage;
