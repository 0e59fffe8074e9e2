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
grant select, insert, update, delete on private.webhook_leases to service_role;
