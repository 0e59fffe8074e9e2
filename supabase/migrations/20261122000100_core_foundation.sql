-- The ground that every module stands on: the private schema, the login role, the log of events.
-- Runs as a superuser, or as `postgres` on a Supabase project (CREATEROLE and BYPASSRLS, no superuser).

create schema if not exists private;
revoke all on schema private from public, anon, authenticated, service_role;
grant usage on schema private to service_role;

-- The API's login role: owns nothing and inherits nothing; each transaction sets the role it needs.
do $$
begin
  create role turnpike_api nologin noinherit;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise notice 'turnpike_api cannot be created here: let the API log in as the role that runs this migration';
end
$$;

do $$
begin
  grant anon, authenticated, service_role to turnpike_api;
exception
  -- On a Supabase project with PostgreSQL 16 or later only holders of the admin option may grant these roles on.
  when insufficient_privilege or undefined_object or invalid_grant_operation then
    raise notice 'anon, authenticated and service_role cannot be granted to turnpike_api here: let the API log in as the role that runs this migration';
end
$$;

do $$
begin
  grant usage on schema private to turnpike_api;
exception
  when undefined_object then null;
end
$$;

-- The claims of the current transaction, {} when there are none.
create function private.claims() returns jsonb
  language sql stable
  set search_path = ''
  as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
revoke all on function private.claims() from public, anon, authenticated, service_role;
grant execute on function private.claims() to anon, authenticated, service_role;

-- Whether a session counts is said in one place, for row level security and for the server alike: what one of them
-- shuts out, the other must not let in.

-- Whether this is a session of this user that has not run out, and the user is neither suspended nor gone: Supabase
-- Auth leaves the sessions of both in place. For session_ok and session_state only.
create function private.session_counts(session_id uuid, owner_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select exists (
      select 1
      from auth.sessions s
      join auth.users u on u.id = s.user_id
      where s.id = session_counts.session_id
        and s.user_id = session_counts.owner_id
        and (s.not_after is null or s.not_after > now())
        and (u.banned_until is null or u.banned_until <= now())
        and u.deleted_at is null
    )
  $$;
revoke all on function private.session_counts(uuid, uuid) from public, anon, authenticated, service_role;

-- Whether a user has a verified second factor. For session_ok and session_state only.
create function private.has_second_factor(owner_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select exists (
      select 1 from auth.mfa_factors f where f.user_id = has_second_factor.owner_id and f.status = 'verified'
    )
  $$;
revoke all on function private.has_second_factor(uuid) from public, anon, authenticated, service_role;

-- Whether the caller's session still counts. Our server vouches by a claim that Supabase Auth never issues;
-- a token that comes straight to Supabase's API must belong to a session that exists, and be aal2 where its
-- user has a verified factor. Visitors without a session pass: what they may see is public.
create function private.session_ok() returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select coalesce((c -> 'turnpike' ->> 'vouched')::boolean, false)
      or (c ->> 'sub' is null and coalesce(c ->> 'role', 'anon') = 'anon')
      or (
        private.session_counts((c ->> 'session_id')::uuid, (c ->> 'sub')::uuid)
        and (c ->> 'aal' = 'aal2' or not private.has_second_factor((c ->> 'sub')::uuid))
      )
    from (select private.claims() as c) as claims
  $$;
revoke all on function private.session_ok() from public, anon, authenticated, service_role;
grant execute on function private.session_ok() to anon, authenticated, service_role;

-- Keeps updated_at true whoever writes.
create function private.touch_updated_at() returns trigger
  language plpgsql
  set search_path = ''
  as $$
  begin
    new.updated_at := now();
    return new;
  end
  $$;
revoke all on function private.touch_updated_at() from public, anon, authenticated, service_role;

-- Gives a private table its one policy (the login role's) and its forced row level security.
create function private.guard_private_table(relation regclass) returns void
  language plpgsql
  set search_path = ''
  as $$
  begin
    execute format('alter table %s enable row level security', relation);
    execute format('alter table %s force row level security', relation);
    execute format('revoke all on %s from public, anon, authenticated, service_role', relation);
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'turnpike_api') then
      execute format('create policy login_role on %s to turnpike_api using (true) with check (true)', relation);
    end if;
  end
  $$;
revoke all on function private.guard_private_table(regclass) from public, anon, authenticated, service_role;

-- Gives a public table its forced row level security and the restrictive policy that a dead session fails.
create function private.guard_public_table(relation regclass) returns void
  language plpgsql
  set search_path = ''
  as $$
  begin
    execute format('alter table %s enable row level security', relation);
    execute format('alter table %s force row level security', relation);
    execute format('revoke all on %s from public, anon, authenticated, service_role', relation);
    execute format(
      'create policy live_session on %s as restrictive to anon, authenticated using ((select private.session_ok()))',
      relation
    );
    execute format('grant select, insert, update, delete on %s to service_role', relation);
  end
  $$;
revoke all on function private.guard_public_table(regclass) from public, anon, authenticated, service_role;

-- The append-only log of domain events: outbox and audit trail.
create table private.events (
  id uuid primary key,
  sequence bigint generated always as identity unique,
  name text not null,
  organization_id uuid,
  actor jsonb not null,
  data jsonb not null,
  request_id text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default now()
);
create index events_organization on private.events (organization_id, sequence);
create index events_name on private.events (name, sequence);

-- Which durable listener has done which event.
create table private.event_receipts (
  event_id uuid not null references private.events (id),
  listener text not null,
  handled_at timestamptz not null default now(),
  primary key (event_id, listener)
);

select private.guard_private_table('private.events');
select private.guard_private_table('private.event_receipts');

do $$
begin
  grant select, insert on private.events, private.event_receipts to turnpike_api;
exception
  when undefined_object then null;
end
$$;
grant select on private.events to service_role;
grant select, insert on private.event_receipts to service_role;
