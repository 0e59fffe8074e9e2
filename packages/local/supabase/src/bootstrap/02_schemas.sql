create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['pgcrypto', 'citext', 'uuid-ossp'] loop
    if exists (select from pg_catalog.pg_available_extensions where name = wanted)
      and not exists (select from pg_catalog.pg_extension where extname = wanted)
    then
      execute format('create extension %I schema extensions', wanted);
    end if;
  end loop;
  execute format('alter database %I set search_path = "$user", public, extensions', current_database());
end
$$;

grant usage on schema public to anon, authenticated, service_role;

create schema if not exists auth authorization supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role;

create schema if not exists storage authorization supabase_storage_admin;
grant usage on schema storage to anon, authenticated, service_role;
