import type { Tx } from "@turnpike/core";
import { newId } from "@turnpike/core";
import { Feature, ProductFeature } from "./models.ts";

type Db = Tx["db"];

/** A feature of a product, as the union over several products needs it. */
export interface FeatureOfProduct extends ProductFeature {
  productId: string;
}

/** What these products grant, by key. */
export async function listFeaturesOf(db: Db, productIds: string[]): Promise<FeatureOfProduct[]> {
  if (productIds.length === 0) return [];
  const rows = await db
    .selectFrom("product_features as g")
    .innerJoin("features as f", "f.id", "g.feature_id")
    .select(["g.product_id as productId", "f.key", "f.name", "f.kind", "g.limit_value as limit"])
    .where("g.product_id", "in", productIds)
    .orderBy("f.key")
    .execute();
  return rows.map((row) => ({ ...ProductFeature.parse(row), productId: row.productId }));
}

/** Every feature, by key. */
export async function listFeatures(db: Db): Promise<(Feature & { id: string })[]> {
  const rows = await db.selectFrom("features").select(["id", "key", "name", "kind"]).orderBy("key").execute();
  return rows.map((row) => ({ ...Feature.parse(row), id: row.id }));
}

/** Adds features that are not there yet; existing ones stay as they are. */
export async function addFeatures(db: Db, features: Feature[]): Promise<void> {
  if (features.length === 0) return;
  await db
    .insertInto("features")
    .values(features.map(({ key, name, kind }) => ({ id: newId(), key, name, kind })))
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

/** Gives a feature another name. */
export async function renameFeature(db: Db, key: string, name: string): Promise<void> {
  await db.updateTable("features").set({ name }).where("key", "=", key).execute();
}

/** Makes these the features of a product, and no others. */
export async function replaceProductFeatures(
  db: Db,
  productId: string,
  features: { featureId: string; limit: number | null }[],
): Promise<void> {
  await db.deleteFrom("product_features").where("product_id", "=", productId).execute();
  if (features.length === 0) return;
  await db
    .insertInto("product_features")
    .values(
      features.map(({ featureId, limit }) => ({ product_id: productId, feature_id: featureId, limit_value: limit })),
    )
    .execute();
}

/** A feature by its key. */
export async function findFeature(db: Db, key: string): Promise<(Feature & { id: string }) | undefined> {
  const row = await db
    .selectFrom("features")
    .select(["id", "key", "name", "kind"])
    .where("key", "=", key)
    .executeTakeFirst();
  return row && { ...Feature.parse(row), id: row.id };
}
