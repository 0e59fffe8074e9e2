-- What we mirror of Stripe per organization. Written by the service role only; members read their own.

create table public.customers (
  organization_id uuid primary key references public.organizations (id),
  stripe_customer_id text not null unique,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger touch_updated_at before update on public.customers
  for each row execute function private.touch_updated_at();

create table public.subscriptions (
  id uuid primary key,
  organization_id uuid not null references public.organizations (id),
  stripe_subscription_id text not null unique,
  stripe_customer_id text not null,
  -- As Stripe says it; a status that we do not know grants nothing.
  status text not null,
  cancel_at_period_end boolean not null,
  cancel_at timestamptz,
  canceled_at timestamptz,
  ended_at timestamptz,
  cancellation_reason text,
  trial_start timestamptz,
  trial_end timestamptz,
  -- The period of the plan's item.
  current_period_start timestamptz,
  current_period_end timestamptz,
  pause_behavior text,
  -- The first moment of the present pause: what was paid for until then still counts.
  pause_began_at timestamptz,
  pause_resumes_at timestamptz,
  -- The first moment of the present stretch of past_due; later failures do not move it.
  past_due_since timestamptz,
  started_at timestamptz not null,
  -- Stripe's object as it was last read.
  snapshot jsonb not null,
  synced_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index subscriptions_organization on public.subscriptions (organization_id);
create trigger touch_updated_at before update on public.subscriptions
  for each row execute function private.touch_updated_at();

create table public.subscription_items (
  id uuid primary key,
  subscription_id uuid not null references public.subscriptions (id) on delete cascade,
  organization_id uuid not null references public.organizations (id),
  stripe_item_id text not null unique,
  stripe_price_id text not null,
  -- Null while the price is not in the catalogue: such an item grants nothing.
  price_id uuid references public.prices (id),
  quantity integer not null,
  current_period_start timestamptz,
  current_period_end timestamptz
);
create index subscription_items_subscription on public.subscription_items (subscription_id);
create index subscription_items_unknown on public.subscription_items (stripe_price_id) where price_id is null;

create table public.invoices (
  id uuid primary key,
  organization_id uuid not null references public.organizations (id),
  stripe_invoice_id text not null unique,
  stripe_subscription_id text,
  number text,
  status text not null,
  billing_reason text,
  currency text not null,
  total_minor bigint not null,
  amount_due_minor bigint not null,
  amount_paid_minor bigint not null,
  attempt_count integer not null default 0,
  hosted_invoice_url text,
  invoice_pdf_url text,
  period_start timestamptz,
  period_end timestamptz,
  invoiced_at timestamptz not null,
  paid_at timestamptz,
  snapshot jsonb not null,
  synced_at timestamptz not null
);
create index invoices_organization on public.invoices (organization_id, invoiced_at desc);

create table public.checkout_sessions (
  id uuid primary key,
  organization_id uuid not null references public.organizations (id),
  stripe_session_id text not null unique,
  price_id uuid not null references public.prices (id),
  quantity integer not null check (quantity > 0),
  -- Days of trial that it was opened with; an open one holds its person's only trial.
  trial_days integer,
  status text not null check (status in ('open', 'complete', 'expired')),
  payment_status text,
  stripe_subscription_id text,
  url text,
  created_by uuid references public.profiles (id) on delete set null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index checkout_sessions_organization on public.checkout_sessions (organization_id);
create index checkout_sessions_trial on public.checkout_sessions (created_by) where trial_days is not null and status = 'open';
create trigger touch_updated_at before update on public.checkout_sessions
  for each row execute function private.touch_updated_at();

-- Access given by hand.
create table public.access_grants (
  id uuid primary key,
  organization_id uuid not null references public.organizations (id),
  feature_id uuid not null references public.features (id),
  limit_value bigint check (limit_value >= 0),
  reason text not null check (length(reason) between 1 and 500),
  expires_at timestamptz,
  revoked_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now()
);
create index access_grants_organization on public.access_grants (organization_id);

-- Who has had a trial: once ever per organization and per person.
create table private.trial_uses (
  subject text primary key,
  stripe_subscription_id text not null,
  used_at timestamptz not null default now()
);
select private.guard_private_table('private.trial_uses');
grant select, insert on private.trial_uses to service_role;

select private.guard_public_table('public.customers');
select private.guard_public_table('public.subscriptions');
select private.guard_public_table('public.subscription_items');
select private.guard_public_table('public.invoices');
select private.guard_public_table('public.checkout_sessions');
select private.guard_public_table('public.access_grants');

create policy members on public.customers for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
create policy members on public.subscriptions for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
create policy members on public.subscription_items for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
create policy members on public.invoices for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
create policy members on public.checkout_sessions for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));
create policy members on public.access_grants for select to authenticated
  using (organization_id = any ((select private.my_organizations())::uuid[]));

-- Not the snapshots: they may hold what Stripe knows of others, such as a coupon's internals.
grant select on public.customers, public.subscription_items, public.checkout_sessions to authenticated;
grant select (
  id, organization_id, stripe_subscription_id, stripe_customer_id, status, cancel_at_period_end, cancel_at, canceled_at, ended_at,
  cancellation_reason, trial_start, trial_end, current_period_start, current_period_end, pause_behavior, pause_began_at,
  pause_resumes_at, past_due_since, started_at, synced_at, created_at, updated_at
) on public.subscriptions to authenticated;
grant select (
  id, organization_id, stripe_invoice_id, stripe_subscription_id, number, status, billing_reason, currency, total_minor,
  amount_due_minor, amount_paid_minor, attempt_count, hosted_invoice_url, invoice_pdf_url, period_start, period_end, invoiced_at, paid_at, synced_at
) on public.invoices to authenticated;
grant select (id, organization_id, feature_id, limit_value, expires_at, revoked_at, created_at) on public.access_grants to authenticated;
