-- The catalogue: Stripe is the truth for products and prices, features live only here.

create table public.products (
  id uuid primary key,
  stripe_product_id text not null unique,
  name text not null,
  description text,
  is_active boolean not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger touch_updated_at before update on public.products
  for each row execute function private.touch_updated_at();

create table public.prices (
  id uuid primary key,
  product_id uuid not null references public.products (id),
  stripe_price_id text not null unique,
  -- Not unique: while a key moves from one price to another, both may carry it for a moment.
  lookup_key text,
  currency text not null,
  unit_amount_minor bigint,
  type text not null check (type in ('recurring', 'one_time')),
  billing_interval text check (billing_interval in ('day', 'week', 'month', 'year')),
  billing_interval_count integer,
  trial_days integer,
  is_active boolean not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index prices_product on public.prices (product_id);
create index prices_lookup_key on public.prices (lookup_key);
create trigger touch_updated_at before update on public.prices
  for each row execute function private.touch_updated_at();

create table public.features (
  id uuid primary key,
  key text not null unique check (key ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  name text not null,
  kind text not null check (kind in ('boolean', 'limit', 'metered')),
  created_at timestamptz not null default now()
);

create table public.product_features (
  product_id uuid not null references public.products (id) on delete cascade,
  feature_id uuid not null references public.features (id) on delete cascade,
  -- For limits and metered features: how many; null is without limit.
  limit_value bigint check (limit_value >= 0),
  primary key (product_id, feature_id)
);

select private.guard_public_table('public.products');
select private.guard_public_table('public.prices');
select private.guard_public_table('public.features');
select private.guard_public_table('public.product_features');

create policy active on public.products for select to anon, authenticated using (is_active);
create policy active on public.prices for select to anon, authenticated using (is_active);
create policy everyone on public.features for select to anon, authenticated using (true);
create policy of_active on public.product_features for select to anon, authenticated
  using (exists (select 1 from public.products p where p.id = product_id and p.is_active));
grant select on public.features, public.product_features to anon, authenticated;
-- Not the metadata, which people keep at Stripe for themselves.
grant select (id, stripe_product_id, name, description, is_active, created_at, updated_at)
  on public.products to anon, authenticated;
grant select (
  id, product_id, stripe_price_id, lookup_key, currency, unit_amount_minor, type, billing_interval, billing_interval_count,
  trial_days, is_active, created_at, updated_at
) on public.prices to anon, authenticated;
