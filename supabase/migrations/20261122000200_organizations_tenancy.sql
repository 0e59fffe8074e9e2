-- People, the organizations they act for, and what makes both when somebody signs up.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  full_name text not null default '' check (length(full_name) <= 200),
  is_admin boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger touch_updated_at before update on public.profiles
  for each row execute function private.touch_updated_at();

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- Set on the personal organization of a user, which every user has exactly one of.
  personal_user_id uuid unique references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger touch_updated_at before update on public.organizations
  for each row execute function private.touch_updated_at();

create table public.organization_members (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index organization_members_user on public.organization_members (user_id);

-- The organizations that the caller acts for: those of a member, or the one of an API key.
create function private.my_organizations() returns uuid[]
  language sql stable security definer
  set search_path = ''
  as $$
    select coalesce(array_agg(m.id), '{}'::uuid[])
    from (
      select organization_id as id from public.organization_members
      where user_id = (private.claims() ->> 'sub')::uuid
      union
      select (private.claims() -> 'turnpike' ->> 'organization')::uuid
      where private.claims() -> 'turnpike' ->> 'organization' is not null
    ) as m
  $$;
revoke all on function private.my_organizations() from public, anon, authenticated, service_role;
grant execute on function private.my_organizations() to authenticated, service_role;

select private.guard_public_table('public.profiles');
select private.guard_public_table('public.organizations');
select private.guard_public_table('public.organization_members');

create policy own on public.profiles for select to authenticated
  using (id = (select auth.uid()));
create policy own_update on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
grant select on public.profiles to authenticated;
grant update (full_name) on public.profiles to authenticated;

create policy members on public.organizations for select to authenticated
  using (id = any ((select private.my_organizations())::uuid[]));
grant select on public.organizations to authenticated;

create policy members on public.organization_members for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
grant select on public.organization_members to authenticated;

-- A profile, a personal organization and its ownership for a user who has none of them.
create function private.set_up_user(user_id uuid, full_name text) returns void
  language plpgsql
  set search_path = ''
  as $$
  declare
    given_name text := left(coalesce(set_up_user.full_name, ''), 200);
    organization uuid := gen_random_uuid();
  begin
    insert into public.profiles (id, full_name) values (set_up_user.user_id, given_name);
    insert into public.organizations (id, name, personal_user_id)
      values (organization, coalesce(nullif(given_name, ''), 'Personal'), set_up_user.user_id);
    insert into public.organization_members (organization_id, user_id, role)
      values (organization, set_up_user.user_id, 'owner');
  end
  $$;
revoke all on function private.set_up_user(uuid, text) from public, anon, authenticated, service_role;

-- Whoever signs up, by whatever way Supabase Auth offers, gets a profile and a personal organization.
create function private.on_user_created() returns trigger
  language plpgsql security definer
  set search_path = ''
  as $$
  begin
    perform private.set_up_user(new.id, new.raw_user_meta_data ->> 'full_name');
    return new;
  end
  $$;
revoke all on function private.on_user_created() from public, anon, authenticated, service_role;

create trigger turnpike_on_user_created after insert on auth.users
  for each row execute function private.on_user_created();

-- A project may have had users before it had us.
select private.set_up_user(u.id, u.raw_user_meta_data ->> 'full_name')
from auth.users u
where u.deleted_at is null;
