import type { Tx } from "@turnpike/core";
import { errors } from "../errors.ts";
import { addFeatures, listFeatures, renameFeature, replaceProductFeatures } from "../feature-queries.ts";
import type { FeatureGrant, FeatureKind } from "../models.ts";

/**
 * Makes these the features of a product, adding to the list of features the keys that are new.
 * Errors: products.feature_kind_differs, products.limit_on_boolean.
 */
export async function grantFeatures(tx: Tx, productId: string, grants: FeatureGrant[]): Promise<void> {
  const known = new Map((await listFeatures(tx.db)).map((feature) => [feature.key, feature]));
  for (const grant of grants) checkGrant(grant, known.get(grant.key)?.kind);
  await addFeatures(
    tx.db,
    grants
      .filter(({ key }) => !known.has(key))
      .map((grant) => ({ key: grant.key, name: grant.name ?? grant.key, kind: kindOf(grant) })),
  );
  for (const { key, name } of grants) {
    if (name !== undefined && known.has(key) && known.get(key)?.name !== name) await renameFeature(tx.db, key, name);
  }
  const ids = new Map((await listFeatures(tx.db)).map((feature) => [feature.key, feature.id]));
  await replaceProductFeatures(
    tx.db,
    productId,
    grants.flatMap(({ key, limit }) => {
      const featureId = ids.get(key);
      return featureId === undefined ? [] : [{ featureId, limit: limit ?? null }];
    }),
  );
}

/** Refuses what cannot be granted, before anything is written. Errors: as `grantFeatures`. */
function checkGrant(grant: FeatureGrant, known: FeatureKind | undefined): void {
  if (known !== undefined && grant.kind !== undefined && grant.kind !== known) {
    throw errors.feature_kind_differs({ feature: grant.key, kind: known });
  }
  const hasLimit = grant.limit !== undefined && grant.limit !== null;
  if (hasLimit && (known ?? kindOf(grant)) === "boolean") throw errors.limit_on_boolean({ feature: grant.key });
}

/** Checks grants against the features there are. Errors: as `grantFeatures`. */
export async function checkGrants(tx: Tx, grants: FeatureGrant[]): Promise<void> {
  const known = new Map((await listFeatures(tx.db)).map((feature) => [feature.key, feature.kind]));
  for (const grant of grants) checkGrant(grant, known.get(grant.key));
}

function kindOf(grant: FeatureGrant): FeatureKind {
  if (grant.kind !== undefined) return grant.kind;
  return grant.limit === undefined || grant.limit === null ? "boolean" : "limit";
}
