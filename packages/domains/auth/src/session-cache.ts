import { z } from "zod";
import type { Ctx } from "@turnpike/core";
import type { SessionState } from "./queries.ts";
import { getSessionState, listSessionIds } from "./queries.ts";

/** The longest that an instance believes what it read of a session: a revoked one stops within this. */
const ttlSec = 60;

const Remembered = z.object({
  userId: z.string(),
  isLive: z.boolean(),
  hasSecondFactor: z.boolean(),
  isOperator: z.boolean(),
});

function keyOf(sessionId: string): string {
  return `auth.session:${sessionId}`;
}

/** The state of a session, at most a minute old. Asks PostgreSQL when the cache does not know. */
export async function readSessionState(ctx: Ctx, params: { sessionId: string; userId: string }): Promise<SessionState> {
  const remembered = Remembered.safeParse(await ctx.cache.get(keyOf(params.sessionId)));
  if (remembered.success && remembered.data.userId === params.userId) return remembered.data;
  const state = await ctx.system("session state").tx((tx) => getSessionState(tx.db, params));
  await ctx.cache.set(keyOf(params.sessionId), { ...state, userId: params.userId }, ttlSec);
  return state;
}

/** The ids of a user's sessions, to be read before they end. */
export function readSessionIds(ctx: Ctx, userId: string): Promise<string[]> {
  return ctx.system("sessions of a user").tx((tx) => listSessionIds(tx.db, userId));
}

/** Forgets sessions, so that their next request asks PostgreSQL. */
export async function forgetSessions(ctx: Ctx, sessionIds: readonly string[]): Promise<void> {
  await Promise.all(sessionIds.map((id) => ctx.cache.delete(keyOf(id))));
}
