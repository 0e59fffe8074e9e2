-- What the server asks of Supabase Auth's tables because its API has no call for it. All of it is for the service role.

-- What there is to know of a session: whether it still counts, whether its user has a verified second factor,
-- and whether the user is an operator. Always one row.
create function private.session_state(session_id uuid, owner_id uuid)
  returns table (is_live boolean, has_second_factor boolean, is_operator boolean)
  language sql stable security definer
  set search_path = ''
  as $$
    select
      private.session_counts(session_state.session_id, session_state.owner_id),
      private.has_second_factor(session_state.owner_id),
      exists (select 1 from public.profiles p where p.id = session_state.owner_id and p.is_admin)
  $$;
revoke all on function private.session_state(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function private.session_state(uuid, uuid) to service_role;

-- The sessions of a user, so that what is remembered of them can be forgotten when they end.
create function private.session_ids(owner_id uuid) returns setof uuid
  language sql stable security definer
  set search_path = ''
  as $$ select s.id from auth.sessions s where s.user_id = session_ids.owner_id $$;
revoke all on function private.session_ids(uuid) from public, anon, authenticated, service_role;
grant execute on function private.session_ids(uuid) to service_role;

-- Whether the one who holds this reset token has a verified second factor. Asked first, because Supabase Auth takes
-- a token only once. False for a token that is none.
create function private.reset_needs_second_factor(token_hash text) returns boolean
  language sql stable security definer
  set search_path = ''
  as $$
    select exists (
      select 1
      from auth.one_time_tokens t
      join auth.mfa_factors f on f.user_id = t.user_id and f.status = 'verified'
      where t.token_type = 'recovery_token' and t.token_hash = reset_needs_second_factor.token_hash
    )
  $$;
revoke all on function private.reset_needs_second_factor(text) from public, anon, authenticated, service_role;
grant execute on function private.reset_needs_second_factor(text) to service_role;

-- The user of an address, for operators' scripts: Supabase's API can only list users page by page.
create function private.find_user(address text) returns table (id uuid, email_confirmed_at timestamptz)
  language sql stable security definer
  set search_path = ''
  as $$
    select u.id, u.email_confirmed_at
    from auth.users u
    where lower(u.email) = lower(find_user.address) and u.deleted_at is null and not coalesce(u.is_sso_user, false)
  $$;
revoke all on function private.find_user(text) from public, anon, authenticated, service_role;
grant execute on function private.find_user(text) to service_role;
