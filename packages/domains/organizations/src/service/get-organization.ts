import type { Ctx, SessionActor } from "@turnpike/core";
import { errors } from "../errors.ts";
import type { GetOrganizationInput, Organization } from "../models.ts";
import { findMembership } from "../queries.ts";
import { organizationOf } from "./organization-of.ts";

/** One organization of the caller. Errors: organizations.not_found, also where it belongs to others. */
export async function getOrganization(
  ctx: Pick<Ctx, "tx"> & { actor: SessionActor },
  input: GetOrganizationInput,
): Promise<Organization> {
  const row = await ctx.tx((tx) =>
    findMembership(tx.db, { userId: ctx.actor.userId, organizationId: input.organizationId }),
  );
  if (!row) throw errors.not_found({ organizationId: input.organizationId });
  return organizationOf(row);
}
