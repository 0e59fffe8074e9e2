-- Whether a session counts is said in one place, for row level security and for the server alike: what one of them
-- shuts out, the other must not let in.

-- Whether this is a session of this user that has not run out, and the user is neither suspended nor gone: Supabase
-- Auth leaves the sessions of both in place. For the two functions below only.
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

-- Whether a user has a verified second factor. For the two functions below only.
create function private.has_second_factor(owner_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select exists (
      select 1 from auth.mfa_factors f where f.user_id = has_second_factor.owner_id and f.status = 'verified'
    )
  $$;
revoke all on function private.has_second_factor(uuid) from public, anon, authenticated, service_role;

create or replace function private.session_ok() returns boolean
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

create or replace function private.session_state(session_id uuid, owner_id uuid)
  returns table (is_live boolean, has_second_factor boolean, is_operator boolean)
  language sql stable security definer
  set search_path = ''
  as $$
    select
      private.session_counts(session_state.session_id, session_state.owner_id),
      private.has_second_factor(session_state.owner_id),
      exists (select 1 from public.profiles p where p.id = session_state.owner_id and p.is_admin)
  $$;
