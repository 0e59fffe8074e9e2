import type { Tx } from "@turnpike/core";
import { FeatureKindSchema } from "@turnpike/products";
import type { GrantFacts } from "../access-facts.ts";

type Db = Tx["db"];

/** A grant as operators see it. */
export interface GrantRow {
  id: string;
  organizationId: string;
  feature: string;
  limit: number | null;
  reason: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

/** The grants of an organization as far as access depends on them. */
export async function listGrantFacts(db: Db, organizationId: string): Promise<GrantFacts[]> {
  const rows = await db
    .selectFrom("access_grants as g")
    .innerJoin("features as f", "f.id", "g.feature_id")
    .select(["g.id", "f.key", "f.kind", "g.limit_value as limit", "g.expires_at", "g.revoked_at"])
    .where("g.organization_id", "=", organizationId)
    .orderBy("g.id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    feature: { key: row.key, kind: FeatureKindSchema.parse(row.kind), limit: row.limit },
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }));
}

function selectGrants(db: Db) {
  return db
    .selectFrom("access_grants as g")
    .innerJoin("features as f", "f.id", "g.feature_id")
    .select([
      "g.id",
      "g.organization_id as organizationId",
      "f.key as feature",
      "g.limit_value as limit",
      "g.reason",
      "g.expires_at as expiresAt",
      "g.revoked_at as revokedAt",
      "g.created_at as createdAt",
    ]);
}

/** Grants, newest first, of one organization or of all. */
export function listGrants(
  db: Db,
  params: { organizationId: string | null; before: string | null; limit: number },
): Promise<GrantRow[]> {
  let query = selectGrants(db).orderBy("g.id", "desc").limit(params.limit);
  if (params.organizationId !== null) query = query.where("g.organization_id", "=", params.organizationId);
  if (params.before !== null) query = query.where("g.id", "<", params.before);
  return query.execute();
}

/** A grant by its id. */
export function findGrant(db: Db, grantId: string): Promise<GrantRow | undefined> {
  return selectGrants(db).where("g.id", "=", grantId).executeTakeFirst();
}

/** Adds a grant. */
export async function insertGrant(
  db: Db,
  grant: {
    id: string;
    organizationId: string;
    featureId: string;
    limit: number | null;
    reason: string;
    expiresAt: Date | null;
    createdBy: string;
    createdAt: Date;
  },
): Promise<void> {
  await db
    .insertInto("access_grants")
    .values({
      id: grant.id,
      organization_id: grant.organizationId,
      feature_id: grant.featureId,
      limit_value: grant.limit,
      reason: grant.reason,
      expires_at: grant.expiresAt,
      created_by: grant.createdBy,
      created_at: grant.createdAt,
    })
    .execute();
}

/** Revokes a grant that is not revoked yet. False when it was. */
export async function revokeGrant(db: Db, grantId: string, revokedAt: Date): Promise<boolean> {
  const row = await db
    .updateTable("access_grants")
    .set({ revoked_at: revokedAt })
    .where("id", "=", grantId)
    .where("revoked_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The Stripe events behind our own events about these subscriptions, newest first. */
export async function listStripeEventIds(db: Db, organizationId: string, subscriptionIds: string[]): Promise<string[]> {
  if (subscriptionIds.length === 0) return [];
  const rows = await db
    .selectFrom("private.events")
    .select((eb) => [
      eb.fn<string | null>("jsonb_extract_path_text", ["data", eb.val("stripeEventId")]).as("stripeEventId"),
      eb.fn<string | null>("jsonb_extract_path_text", ["data", eb.val("subscriptionId")]).as("subscriptionId"),
    ])
    .where("organization_id", "=", organizationId)
    .where("name", "like", "billing.subscription\\_%")
    .orderBy("sequence", "desc")
    .limit(200)
    .execute();
  const ids = rows.flatMap(({ stripeEventId, subscriptionId }) =>
    stripeEventId !== null && subscriptionId !== null && subscriptionIds.includes(subscriptionId)
      ? [stripeEventId]
      : [],
  );
  return [...new Set(ids)];
}
