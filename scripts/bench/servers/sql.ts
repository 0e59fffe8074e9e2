// The statements that our procedures run for the same calls, as Kysely writes them. A test compares what they answer.

/** A page of products on sale; `$1` rows. */
export const selectProducts = `select "id", "stripe_product_id" as "stripeProductId", "name", "description", "is_active" as "isActive"
  from "products" where "is_active" = true order by "id" limit $1`;

/** The active prices of products `$1`. */
export const selectPrices = `select "p"."id", "p"."product_id" as "productId", "p"."stripe_price_id" as "stripePriceId",
    "p"."lookup_key" as "lookupKey", "p"."currency", "p"."unit_amount_minor" as "unitAmountMinor", "p"."type",
    "p"."billing_interval" as "interval", "p"."billing_interval_count" as "intervalCount", "p"."trial_days" as "trialDays",
    "p"."is_active" as "isActive", "o"."name" as "productName", "o"."stripe_product_id" as "stripeProductId",
    "o"."is_active" as "isProductActive"
  from "prices" as "p" inner join "products" as "o" on "o"."id" = "p"."product_id"
  where "p"."product_id" = any($1) and "p"."is_active" = true order by "p"."unit_amount_minor", "p"."id"`;

/** What products `$1` grant. */
export const selectFeatures = `select "g"."product_id" as "productId", "f"."key", "f"."name", "f"."kind", "g"."limit_value" as "limit"
  from "product_features" as "g" inner join "features" as "f" on "f"."id" = "g"."feature_id"
  where "g"."product_id" = any($1) order by "f"."key"`;

/** The organization `$2` as its member `$1` sees it. */
export const selectMembership = `select "organization"."id", "organization"."name", "member"."role", "organization"."created_at" as "createdAt",
    organization.personal_user_id is not distinct from $1::uuid as "isPersonal"
  from "organization_members" as "member" inner join "organizations" as "organization" on "organization"."id" = "member"."organization_id"
  where "member"."user_id" = $1 and "organization"."id" = $2`;

/** What begins a transaction with our time-outs for one who is signed in; `claims` is a literal of SQL. One text, as ours sends it. */
export function openingAs(claims: string): string {
  return `begin; select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true),
    set_config('statement_timeout', '15000', true), set_config('lock_timeout', '5000', true),
    set_config('idle_in_transaction_session_timeout', '30000', true)`;
}
