import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** The customer of an organization at Stripe; a deleted one is kept until another takes its place. */
export interface CustomerRow {
  organizationId: string;
  stripeCustomerId: string;
  deletedAt: Date | null;
}

const columns = [
  "organization_id as organizationId",
  "stripe_customer_id as stripeCustomerId",
  "deleted_at as deletedAt",
] as const;

/** The customer of an organization. */
export function findCustomer(db: Db, organizationId: string): Promise<CustomerRow | undefined> {
  return db.selectFrom("customers").select(columns).where("organization_id", "=", organizationId).executeTakeFirst();
}

/** A customer by Stripe's id, locked until the transaction ends: whoever writes for it is alone. */
export function lockCustomer(db: Db, stripeCustomerId: string): Promise<CustomerRow | undefined> {
  return db
    .selectFrom("customers")
    .select(columns)
    .where("stripe_customer_id", "=", stripeCustomerId)
    .forUpdate()
    .executeTakeFirst();
}

/** Links a customer to an organization that has none, or a deleted one. False when it has another. */
export async function linkCustomer(db: Db, organizationId: string, stripeCustomerId: string): Promise<boolean> {
  const linked = await db
    .insertInto("customers")
    .values({ organization_id: organizationId, stripe_customer_id: stripeCustomerId })
    .onConflict((conflict) =>
      conflict
        .column("organization_id")
        .doUpdateSet({ stripe_customer_id: stripeCustomerId, deleted_at: null })
        .where("customers.deleted_at", "is not", null),
    )
    .returning("organization_id")
    .executeTakeFirst();
  return linked !== undefined;
}

/** Marks a customer as deleted at Stripe. */
export async function markCustomerDeleted(db: Db, stripeCustomerId: string, deletedAt: Date): Promise<void> {
  await db
    .updateTable("customers")
    .set({ deleted_at: deletedAt })
    .where("stripe_customer_id", "=", stripeCustomerId)
    .execute();
}

/** Whether there is such an organization. */
export async function organizationExists(db: Db, organizationId: string): Promise<boolean> {
  const row = await db.selectFrom("organizations").select("id").where("id", "=", organizationId).executeTakeFirst();
  return row !== undefined;
}

/** Lets nobody else change what an organization has until the transaction ends. Rows that refer to it can still be added. */
export async function lockOrganization(db: Db, organizationId: string): Promise<void> {
  await db.selectFrom("organizations").select("id").where("id", "=", organizationId).forNoKeyUpdate().execute();
}
