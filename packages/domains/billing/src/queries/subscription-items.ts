import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** One line of a subscription. `priceId` is null while its price is not in the catalogue. */
export interface SubscriptionItemRow {
  id: string;
  subscriptionId: string;
  organizationId: string;
  stripeItemId: string;
  stripePriceId: string;
  priceId: string | null;
  quantity: number;
  currentPeriodStart: Date | null;
  currentPeriodEnd: Date | null;
}

/** The items of these subscriptions. */
export function listSubscriptionItems(db: Db, subscriptionIds: string[]): Promise<SubscriptionItemRow[]> {
  if (subscriptionIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("subscription_items")
    .select([
      "id",
      "subscription_id as subscriptionId",
      "organization_id as organizationId",
      "stripe_item_id as stripeItemId",
      "stripe_price_id as stripePriceId",
      "price_id as priceId",
      "quantity",
      "current_period_start as currentPeriodStart",
      "current_period_end as currentPeriodEnd",
    ])
    .where("subscription_id", "in", subscriptionIds)
    .orderBy("stripe_item_id")
    .execute();
}

/** Makes these the items of a subscription, and no others; an item's row keeps its id. */
export async function replaceSubscriptionItems(
  db: Db,
  subscriptionId: string,
  items: SubscriptionItemRow[],
): Promise<void> {
  const kept = items.map(({ stripeItemId }) => stripeItemId);
  await db
    .deleteFrom("subscription_items")
    .where("subscription_id", "=", subscriptionId)
    .$if(kept.length > 0, (query) => query.where("stripe_item_id", "not in", kept))
    .execute();
  if (items.length === 0) return;
  await db
    .insertInto("subscription_items")
    .values(
      items.map((item) => ({
        id: item.id,
        subscription_id: subscriptionId,
        organization_id: item.organizationId,
        stripe_item_id: item.stripeItemId,
        stripe_price_id: item.stripePriceId,
        price_id: item.priceId,
        quantity: item.quantity,
        current_period_start: item.currentPeriodStart,
        current_period_end: item.currentPeriodEnd,
      })),
    )
    .onConflict((conflict) =>
      conflict.column("stripe_item_id").doUpdateSet((eb) => ({
        stripe_price_id: eb.ref("excluded.stripe_price_id"),
        price_id: eb.ref("excluded.price_id"),
        quantity: eb.ref("excluded.quantity"),
        current_period_start: eb.ref("excluded.current_period_start"),
        current_period_end: eb.ref("excluded.current_period_end"),
      })),
    )
    .execute();
}

/** Organizations that have items of a price which was not in the catalogue when they came. */
export async function listOrganizationsWithUnknownPrice(db: Db, stripePriceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("subscription_items")
    .select("organization_id as organizationId")
    .distinct()
    .where("stripe_price_id", "=", stripePriceId)
    .where("price_id", "is", null)
    .execute();
  return rows.map(({ organizationId }) => organizationId);
}

/** Organizations that have items of these prices, by id, after `after`. */
export async function listOrganizationsWithPrices(
  db: Db,
  params: { priceIds: string[]; after: string | null; limit: number },
): Promise<string[]> {
  if (params.priceIds.length === 0) return [];
  const rows = await db
    .selectFrom("subscription_items")
    .select("organization_id as organizationId")
    .distinct()
    .where("price_id", "in", params.priceIds)
    .$if(params.after !== null, (query) => query.where("organization_id", ">", params.after ?? ""))
    .orderBy("organization_id")
    .limit(params.limit)
    .execute();
  return rows.map(({ organizationId }) => organizationId);
}

/** Links the items of one organization to a price that has come into the catalogue. */
export async function linkItemsToPrice(
  db: Db,
  params: { organizationId: string; stripePriceId: string; priceId: string },
): Promise<void> {
  await db
    .updateTable("subscription_items")
    .set({ price_id: params.priceId })
    .where("organization_id", "=", params.organizationId)
    .where("stripe_price_id", "=", params.stripePriceId)
    .where("price_id", "is", null)
    .execute();
}
