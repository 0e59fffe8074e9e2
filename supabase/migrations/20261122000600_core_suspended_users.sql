-- A token of a user who was suspended, or whose account is gone, is shut out at Supabase's own API as well: Supabase
-- Auth leaves their sessions in place, and the server asks the same of every session in private.session_state.

create or replace function private.session_ok() returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select coalesce((c -> 'turnpike' ->> 'vouched')::boolean, false)
      or (c ->> 'sub' is null and coalesce(c ->> 'role', 'anon') = 'anon')
      or exists (
        select 1
        from auth.sessions s
        join auth.users u on u.id = s.user_id
        where s.id = (c ->> 'session_id')::uuid
          and s.user_id = (c ->> 'sub')::uuid
          and (s.not_after is null or s.not_after > now())
          and (u.banned_until is null or u.banned_until <= now())
          and u.deleted_at is null
          and (
            c ->> 'aal' = 'aal2'
            or not exists (select 1 from auth.mfa_factors f where f.user_id = s.user_id and f.status = 'verified')
          )
      )
    from (select private.claims() as c) as claims
  $$;
