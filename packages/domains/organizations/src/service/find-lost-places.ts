import type { Ctx } from "@turnpike/core";
import { listLostPlaces } from "../queries.ts";
import type { Place } from "../queries.ts";

/**
 * Which of these places in organizations are over: the member was removed, or the organization deleted. One question for
 * all of them, past every cache. For what goes on for longer than a request; `ctx` is our own.
 */
export async function findLostPlaces<T extends Place>(ctx: Ctx, places: readonly T[]): Promise<T[]> {
  if (places.length === 0) return [];
  const plain = places.map(({ userId, organizationId }) => ({ userId, organizationId }));
  const lost = new Set(await ctx.tx((tx) => listLostPlaces(tx.db, plain)));
  return places.filter((_, at) => lost.has(at));
}
