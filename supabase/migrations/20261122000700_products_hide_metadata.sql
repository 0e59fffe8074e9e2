-- Visitors see what is on sale, and not the metadata that people keep at Stripe for themselves.

revoke select on public.products, public.prices from anon, authenticated;
grant select (id, stripe_product_id, name, description, is_active, created_at, updated_at)
  on public.products to anon, authenticated;
grant select (
  id, product_id, stripe_price_id, lookup_key, currency, unit_amount_minor, type, billing_interval, billing_interval_count,
  trial_days, is_active, created_at, updated_at
) on public.prices to anon, authenticated;
