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

-- Who is no superuser gives the schemas and tables below away, which only a member of their new owner may do.
do $$
declare
  owner name;
begin
  foreach owner in array array['supabase_auth_admin', 'supabase_storage_admin'] loop
    if not pg_has_role(owner, 'USAGE') then
      execute format('grant %I to current_user', owner);
    end if;
  end loop;
end
$$;

-- GoTrue works with this search_path, so triggers on auth.users see it too. A setting that stands is left alone: it
-- belongs to the whole cluster, and only who may administer the role may write it.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('supabase_auth_admin', 'search_path', 'auth'),
      ('supabase_auth_admin', 'idle_in_transaction_session_timeout', '60000'),
      ('supabase_storage_admin', 'search_path', 'storage')
    ) as settings (role, setting, value)
  loop
    if not exists (
      select
      from pg_catalog.pg_db_role_setting s
      where s.setrole = wanted.role::regrole and s.setdatabase = 0
        and wanted.setting || '=' || wanted.value = any (s.setconfig)
    ) then
      execute format('alter role %I set %I = %L', wanted.role, wanted.setting, wanted.value);
    end if;
  end loop;
end
$$;
