import type { Ctx } from "@turnpike/core";
import { actorKey, coreErrors, newId, pageOf } from "@turnpike/core";
import { findFeature } from "@turnpike/products";
import { errors } from "../errors.ts";
import type { CreateGrant, Grant, GrantId, ListGrants } from "../invoice-and-grant-models.ts";
import { withAccessDiff } from "../mirror/access-diff.ts";
import { findGrant, insertGrant, listGrants as selectGrants, revokeGrant as markRevoked } from "../queries/access.ts";
import { organizationExists } from "../queries/customers.ts";
import { dropAccess } from "./access-cache.ts";

const reason = "access by hand";

/**
 * Grants a feature to an organization by hand. Errors: billing.organization_not_found, billing.feature_not_found,
 * core.invalid_input (an end that is past, a limit on a boolean feature).
 */
export async function createGrant(ctx: Ctx, input: CreateGrant): Promise<Grant> {
  const { organizationId } = input;
  const id = newId();
  const grant = await ctx.system(reason).tx(async (tx) => {
    if (!(await organizationExists(tx.db, organizationId))) throw errors.organization_not_found({ organizationId });
    const feature = await findFeature(tx.db, input.feature);
    if (!feature) throw errors.feature_not_found({ feature: input.feature });
    requireSense(input, feature.kind, tx.now());
    await withAccessDiff(tx, organizationId, null, () =>
      insertGrant(tx.db, {
        id,
        organizationId,
        featureId: feature.id,
        limit: input.limit ?? null,
        reason: input.reason,
        expiresAt: input.expiresAt ?? null,
        createdBy: actorKey(ctx.actor),
        createdAt: tx.now(),
      }),
    );
    return findGrant(tx.db, id);
  });
  await dropAccess(ctx, organizationId);
  if (!grant) throw errors.grant_not_found({ grantId: id });
  return grant;
}

function requireSense(input: CreateGrant, kind: string, now: Date): void {
  const fieldIssues = [];
  if (input.expiresAt && input.expiresAt <= now) fieldIssues.push({ path: "expiresAt", message: "This is past." });
  const hasLimit = input.limit !== undefined && input.limit !== null;
  if (hasLimit && kind === "boolean") fieldIssues.push({ path: "limit", message: "A boolean feature has no limit." });
  if (fieldIssues.length > 0) throw coreErrors.invalid_input(undefined, { fieldIssues });
}

/** A page of grants, newest first, of one organization or of all. */
export async function listGrants(ctx: Ctx, input: ListGrants): Promise<{ items: Grant[]; nextCursor: string | null }> {
  const rows = await ctx.system(reason).tx((tx) =>
    selectGrants(tx.db, {
      organizationId: input.organizationId ?? null,
      before: input.cursor ?? null,
      limit: input.limit + 1,
    }),
  );
  return pageOf(rows, input.limit, ({ id }) => id);
}

/** Revokes a grant, from now on. Errors: billing.grant_not_found, billing.already_revoked. */
export async function revokeGrant(ctx: Ctx, input: GrantId): Promise<Grant> {
  const grant = await ctx.system(reason).tx(async (tx) => {
    const found = await findGrant(tx.db, input.grantId);
    if (!found) throw errors.grant_not_found({ ...input });
    await withAccessDiff(tx, found.organizationId, null, async () => {
      if (!(await markRevoked(tx.db, found.id, tx.now()))) throw errors.already_revoked({ ...input });
    });
    return (await findGrant(tx.db, found.id)) ?? found;
  });
  await dropAccess(ctx, grant.organizationId);
  return grant;
}
