import type { Ctx, SessionActor } from "@turnpike/core";
import { pageOf } from "@turnpike/core";
import type { ListOrganizationsInput, Organization } from "../models.ts";
import { listMemberships } from "../queries.ts";
import { organizationOf } from "./organization-of.ts";

/**
 * Lists the organizations that a person is a member of, oldest first: `{ items, nextCursor }`.
 * Takes an open transaction as well, so that other modules read in theirs.
 */
export async function listOrganizations(
  ctx: Pick<Ctx, "tx"> & { actor: SessionActor },
  input: ListOrganizationsInput,
): Promise<{ items: Organization[]; nextCursor: string | null }> {
  const rows = await ctx.tx((tx) =>
    listMemberships(tx.db, { userId: ctx.actor.userId, cursor: input.cursor ?? null, limit: input.limit + 1 }),
  );
  return pageOf(rows.map(organizationOf), input.limit, ({ id }) => id);
}
