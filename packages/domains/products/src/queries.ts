import type { Tx } from "@turnpike/core";
import { BillingInterval, Price } from "./models.ts";

type Db = Tx["db"];

/** What a product is, without its prices and features. */
export interface ProductRow {
  id: string;
  stripeProductId: string;
  name: string;
  description: string | null;
  isActive: boolean;
}

/** A price with what is known of its product. */
export interface PriceWithProduct extends Price {
  productName: string;
  stripeProductId: string;
  isProductActive: boolean;
}

const productColumns = [
  "id",
  "stripe_product_id as stripeProductId",
  "name",
  "description",
  "is_active as isActive",
] as const;

/** Active products by id, after `cursor`. */
export function listProducts(db: Db, page: { cursor: string | null; limit: number }): Promise<ProductRow[]> {
  return db
    .selectFrom("products")
    .select(productColumns)
    .where("is_active", "=", true)
    .$if(page.cursor !== null, (query) => query.where("id", ">", page.cursor ?? ""))
    .orderBy("id")
    .limit(page.limit)
    .execute();
}

/** A product by our id. */
export function findProductById(db: Db, productId: string): Promise<ProductRow | undefined> {
  return db.selectFrom("products").select(productColumns).where("id", "=", productId).executeTakeFirst();
}

/** A product by Stripe's id, locked until the transaction ends. */
export function lockProductByStripeId(db: Db, stripeProductId: string): Promise<ProductRow | undefined> {
  return db
    .selectFrom("products")
    .select(productColumns)
    .where("stripe_product_id", "=", stripeProductId)
    .forUpdate()
    .executeTakeFirst();
}

/** A product by our id, locked until the transaction ends. */
export function lockProductById(db: Db, productId: string): Promise<ProductRow | undefined> {
  return db.selectFrom("products").select(productColumns).where("id", "=", productId).forUpdate().executeTakeFirst();
}

/** What is mirrored of a product; `metadata` is JSON text. */
type MirroredProduct = Omit<ProductRow, "id"> & { metadata: string };

function productValues(product: MirroredProduct) {
  return {
    stripe_product_id: product.stripeProductId,
    name: product.name,
    description: product.description,
    is_active: product.isActive,
    metadata: product.metadata,
  };
}

/** Adds a product. Undefined when there is one of its Stripe id, which stays as it is. */
export function insertProduct(db: Db, product: MirroredProduct & { id: string }): Promise<ProductRow | undefined> {
  return db
    .insertInto("products")
    .values({ id: product.id, ...productValues(product) })
    .onConflict((conflict) => conflict.column("stripe_product_id").doNothing())
    .returning(productColumns)
    .executeTakeFirst();
}

/** Brings a product up to date; the row's id stays. */
export function updateProduct(db: Db, product: MirroredProduct): Promise<ProductRow> {
  return db
    .updateTable("products")
    .set(productValues(product))
    .where("stripe_product_id", "=", product.stripeProductId)
    .returning(productColumns)
    .executeTakeFirstOrThrow();
}

function selectPrices(db: Db) {
  return db
    .selectFrom("prices as p")
    .innerJoin("products as o", "o.id", "p.product_id")
    .select([
      "p.id",
      "p.product_id as productId",
      "p.stripe_price_id as stripePriceId",
      "p.lookup_key as lookupKey",
      "p.currency",
      "p.unit_amount_minor as unitAmountMinor",
      "p.type",
      "p.billing_interval as interval",
      "p.billing_interval_count as intervalCount",
      "p.trial_days as trialDays",
      "p.is_active as isActive",
      "o.name as productName",
      "o.stripe_product_id as stripeProductId",
      "o.is_active as isProductActive",
    ]);
}

type SelectedPrice = Awaited<ReturnType<ReturnType<typeof selectPrices>["execute"]>>[number];

// The columns are checked text in the database; here they become the union that the checks allow.
function toPrice(row: SelectedPrice): PriceWithProduct {
  return {
    ...row,
    type: Price.shape.type.parse(row.type),
    interval: row.interval === null ? null : BillingInterval.parse(row.interval),
  };
}

/** Prices of these products, the cheapest first. */
export async function listPricesOf(db: Db, productIds: string[], onlyActive: boolean): Promise<PriceWithProduct[]> {
  if (productIds.length === 0) return [];
  const rows = await selectPrices(db)
    .where("p.product_id", "in", productIds)
    .$if(onlyActive, (query) => query.where("p.is_active", "=", true))
    .orderBy("p.unit_amount_minor")
    .orderBy("p.id")
    .execute();
  return rows.map(toPrice);
}

/** Prices by our ids, also inactive ones. */
export async function listPricesById(db: Db, ids: string[]): Promise<PriceWithProduct[]> {
  if (ids.length === 0) return [];
  return (await selectPrices(db).where("p.id", "in", ids).execute()).map(toPrice);
}

/** Prices by Stripe's ids, also inactive ones. */
export async function listPricesByStripeId(db: Db, stripeIds: string[]): Promise<PriceWithProduct[]> {
  if (stripeIds.length === 0) return [];
  return (await selectPrices(db).where("p.stripe_price_id", "in", stripeIds).execute()).map(toPrice);
}

/** The active price that has a lookup key; the newest where a key is just moving from one price to another. */
export async function findActivePriceByLookupKey(db: Db, lookupKey: string): Promise<PriceWithProduct | undefined> {
  const row = await selectPrices(db)
    .where("p.lookup_key", "=", lookupKey)
    .where("p.is_active", "=", true)
    .orderBy("p.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toPrice(row);
}

/** Adds a price or brings it up to date; the row's id stays. */
export async function upsertPrice(db: Db, price: Price & { metadata: string }): Promise<string> {
  const values = {
    product_id: price.productId,
    lookup_key: price.lookupKey,
    currency: price.currency,
    unit_amount_minor: price.unitAmountMinor,
    type: price.type,
    billing_interval: price.interval,
    billing_interval_count: price.intervalCount,
    trial_days: price.trialDays,
    is_active: price.isActive,
    metadata: price.metadata,
  };
  const row = await db
    .insertInto("prices")
    .values({ id: price.id, stripe_price_id: price.stripePriceId, ...values })
    .onConflict((conflict) => conflict.column("stripe_price_id").doUpdateSet(values))
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Takes a product off the list; its row stays for those who subscribed. */
export async function deactivateProduct(db: Db, productId: string): Promise<void> {
  await db.updateTable("products").set({ is_active: false }).where("id", "=", productId).execute();
}

/** Takes a price off the list; its row stays for those who pay it. */
export async function deactivatePrice(db: Db, priceId: string): Promise<void> {
  await db.updateTable("prices").set({ is_active: false }).where("id", "=", priceId).execute();
}
