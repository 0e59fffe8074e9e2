import type { Ctx } from "@turnpike/core";
import { listEndedSessionIds } from "../queries.ts";
import type { SessionClaims } from "../queries.ts";

/**
 * Which of these sessions may do nothing any more: ended, revoked, their user suspended, or waiting for a second factor.
 * Asks PostgreSQL and no cache, once for all of them. For what goes on for longer than a request. `ctx` is our own.
 */
export async function findEndedSessions(ctx: Ctx, sessions: readonly SessionClaims[]): Promise<ReadonlySet<string>> {
  if (sessions.length === 0) return new Set();
  return new Set(await ctx.tx((tx) => listEndedSessionIds(tx.db, sessions)));
}
