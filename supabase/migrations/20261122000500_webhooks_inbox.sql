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
  last_error text,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  unique (provider, event_id)
);
create index webhook_inbox_pending on private.webhook_inbox (subject, event_created_at) where status = 'pending';
create index webhook_inbox_received on private.webhook_inbox (received_at desc, id desc);

-- Who works on a subject. The ticket grows with each holder: a holder whose lease ran out finds another number and stops.
create table private.webhook_leases (
  subject text primary key,
  ticket bigint not null,
  expires_at timestamptz
);

select private.guard_private_table('private.webhook_inbox');
select private.guard_private_table('private.webhook_leases');
grant select, insert, update on private.webhook_inbox, private.webhook_leases to service_role;
