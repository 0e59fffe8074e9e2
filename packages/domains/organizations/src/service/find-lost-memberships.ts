import type { Ctx } from "@turnpike/core";
import { listLostMemberships } from "../queries.ts";
import type { Membership } from "../queries.ts";

/**
 * Which of these memberships are over: the member was removed, or the organization deleted. Asks once for all of them.
 * For what goes on for longer than a request. `ctx` is our own.
 */
export async function findLostMemberships(ctx: Ctx, memberships: readonly Membership[]): Promise<Membership[]> {
  if (memberships.length === 0) return [];
  return ctx.tx((tx) => listLostMemberships(tx.db, memberships));
}
