-- Incoming webhook events: stored before they are answered, worked off under a lease per customer.

create table private.webhook_inbox (
  id uuid primary key,
  provider text not null,
  event_id text not null,
  type text not null,
  api_version text,
  is_live boolean not null,
  -- Stripe's time, to the second.
  event_created_at timestamptz not null,
  -- What is worked off together and in one order: `customer:cus_…`, else `<object>:<id>`.
  subject text not null,
  -- The bytes that were signed.
  body text not null,
  status text not null check (status in ('pending', 'done', 'ignored', 'dead')),
  attempts integer not null default 0,
  -- Attempts that failed through no outage: these are what sends an event to the dead letter.
  faults integer not null default 0,
  last_error text,
  -- Not worked off before this moment; a failure moves it on.
  due_at timestamptz not null default now(),
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  unique (provider, event_id)
);
create index webhook_inbox_pending on private.webhook_inbox (subject, event_created_at) where status = 'pending';
create index webhook_inbox_due on private.webhook_inbox (due_at) where status = 'pending';
create index webhook_inbox_dead on private.webhook_inbox (received_at desc, id desc) where status = 'dead';
create index webhook_inbox_received on private.webhook_inbox (received_at desc, id desc);

-- Who works on a subject, by the database's clock. The ticket grows with each holder: a holder whose lease ran out
-- finds another number and stops. A row is only deleted long after it ran out, so that no holder of it is left.
create table private.webhook_leases (
  subject text primary key,
  ticket bigint not null,
  expires_at timestamptz not null
);

select private.guard_private_table('private.webhook_inbox');
select private.guard_private_table('private.webhook_leases');
grant select, insert, update on private.webhook_inbox to service_role;
-- What takes events in stores them and learns which were new; it reads no body and changes nothing.
do $$
begin
  grant insert (
      id, provider, event_id, type, api_version, is_live, event_created_at, subject, body, status
    ), select (id, provider, event_id)
    on private.webhook_inbox to turnpike_api;
exception
  when undefined_object then null;
end
$$;
grant select, insert, update, delete on private.webhook_leases to service_role;

-- Deletes up to `max_rows` events that are closed and have been for longer than `keep`, the oldest first, and says how
-- many. Nothing younger than 90 days goes, whatever `keep` says, and nothing that waits or is dead: nobody deletes
-- stored events by any other way.
create function private.delete_closed_webhook_events(keep interval, max_rows integer) returns integer
  language sql volatile security definer
  set search_path = ''
  as $$
    with closed as (
      select w.id
      from private.webhook_inbox w
      where w.received_at < now() - greatest(keep, interval '90 days')
        and w.status in ('done', 'ignored')
        and coalesce(w.processed_at, w.received_at) < now() - greatest(keep, interval '90 days')
      order by w.received_at
      limit max_rows
      for update skip locked
    ),
    gone as (
      delete from private.webhook_inbox w using closed where w.id = closed.id returning w.id
    )
    select count(*)::integer from gone
  $$;
revoke all on function private.delete_closed_webhook_events(interval, integer) from public, anon, authenticated, service_role;
grant execute on function private.delete_closed_webhook_events(interval, integer) to service_role;
