import { z } from "zod";
import type { ActiveOrganization, Ctx } from "@turnpike/core";
import { OrganizationRole } from "../models.ts";
import { findMembership, findOrganizationRow } from "../queries.ts";

/**
 * Finds the organization that a caller acts for, with what the caller is in it. `requestedId` null asks for the
 * personal one; an API key has its own and no other; our own jobs and scripts must name one and act as its owner.
 * Null where the caller may act for none: not a member, not there, not an id at all.
 */
export async function findOrganization(ctx: Ctx, requestedId: string | null): Promise<ActiveOrganization | null> {
  if (requestedId !== null && !z.uuid().safeParse(requestedId).success) return null;
  const { actor } = ctx;
  switch (actor.type) {
    case "anonymous":
      return null;
    case "user":
    case "operator":
      return ofMember(ctx, actor.userId, requestedId);
    case "apiKey":
      if (requestedId !== null && requestedId.toLowerCase() !== actor.organizationId) return null;
      return byId(ctx, actor.organizationId, "apiKey");
    case "system":
    case "webhook":
      return requestedId === null ? null : byId(ctx.system("organization of a job"), requestedId, "owner");
    default:
      return actor satisfies never;
  }
}

async function ofMember(ctx: Ctx, userId: string, organizationId: string | null): Promise<ActiveOrganization | null> {
  const row = await ctx.tx((tx) => findMembership(tx.db, { userId, organizationId }));
  if (!row) return null;
  return { id: row.id, name: row.name, role: OrganizationRole.parse(row.role) };
}

async function byId(
  ctx: Ctx,
  organizationId: string,
  role: ActiveOrganization["role"],
): Promise<ActiveOrganization | null> {
  const row = await ctx.tx((tx) => findOrganizationRow(tx.db, organizationId));
  return row ? { ...row, role } : null;
}
