import { sql } from "kysely";
import { newId } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";

/** Every public table with the column that says whose a row is. */
export const tenantTables = {
  profiles: "id",
  organizations: "id",
  organization_members: "organization_id",
  customers: "organization_id",
  subscriptions: "organization_id",
  subscription_items: "organization_id",
  invoices: "organization_id",
  checkout_sessions: "organization_id",
  access_grants: "organization_id",
} as const;

/** Public tables that belong to nobody: everyone reads them, only the service writes them. */
export const sharedTables = ["products", "prices", "features", "product_features"] as const;

/** The value that a user's rows carry in a table's tenant column. */
export function tenantOf(user: TestUser, table: keyof typeof tenantTables): string {
  return table === "profiles" ? user.userId : user.organizationId;
}

/** Puts one row of a user into every tenant table, as the superuser. */
export async function fillTables({ owner }: TestApp, { organizationId, userId }: TestUser): Promise<void> {
  const [product, price, feature, subscription] = [newId(), newId(), newId(), newId()];
  const statements = [
    sql`insert into products (id, stripe_product_id, name, is_active) values (${product}, ${product}, 'Plan', true)`,
    sql`insert into prices (id, product_id, stripe_price_id, currency, type, is_active) values (${price}, ${product}, ${price}, 'usd', 'recurring', true)`,
    sql`insert into features (id, key, name, kind) values (${feature}, ${`f${feature}`}, 'Feature', 'boolean')`,
    sql`insert into product_features (product_id, feature_id) values (${product}, ${feature})`,
    sql`insert into customers (organization_id, stripe_customer_id) values (${organizationId}, ${`cus_${organizationId}`})`,
    sql`insert into subscriptions (id, organization_id, stripe_subscription_id, stripe_customer_id, status, cancel_at_period_end, started_at, snapshot, synced_at)
      values (${subscription}, ${organizationId}, ${subscription}, 'cus_x', 'active', false, now(), '{}', now())`,
    sql`insert into subscription_items (id, subscription_id, organization_id, stripe_item_id, stripe_price_id, quantity)
      values (${newId()}, ${subscription}, ${organizationId}, ${newId()}, 'price_x', 1)`,
    sql`insert into invoices (id, organization_id, stripe_invoice_id, status, currency, total_minor, amount_due_minor, amount_paid_minor, invoiced_at, snapshot, synced_at)
      values (${newId()}, ${organizationId}, ${newId()}, 'paid', 'usd', 1, 1, 1, now(), '{}', now())`,
    sql`insert into checkout_sessions (id, organization_id, stripe_session_id, price_id, quantity, status, created_by, expires_at)
      values (${newId()}, ${organizationId}, ${newId()}, ${price}, 1, 'open', ${userId}, now())`,
    sql`insert into access_grants (id, organization_id, feature_id, reason, created_by) values (${newId()}, ${organizationId}, ${feature}, 'test', 'test')`,
  ];
  for (const statement of statements) await statement.execute(owner);
}
