import type { Actor, Caller, Ctx, EndReason, SessionActor } from "@turnpike/core";
import { findLostPlaces } from "@turnpike/organizations";
import { listEndedSessionIds } from "../queries.ts";
import { forgetSessions } from "../session-cache.ts";

/**
 * Which of these callers may not go on, and why: the session was ended, revoked, waits for a second factor or its user is
 * suspended; or its person is no member any more, or the organization is gone. Asks PostgreSQL and no cache, twice for
 * all of them. For what goes on for longer than a request; `ctx` is our own. Of an API key only the organization is asked:
 * no credential of a request makes such an actor, and whatever lets keys in has to tell here which were revoked.
 */
export async function findEndedCallers<T extends Caller>(ctx: Ctx, callers: readonly T[]): Promise<Map<T, EndReason>> {
  const places = callers.map((caller) => ({
    caller,
    userId: userIdOf(caller.actor),
    organizationId: caller.organizationId,
  }));
  const [endedIds, lost] = await Promise.all([
    endedSessions(
      ctx,
      callers.flatMap(({ actor }) => (isPerson(actor) ? [actor] : [])),
    ),
    findLostPlaces(ctx, places),
  ]);
  const ended = callers.filter(({ actor }) => isPerson(actor) && endedIds.has(actor.sessionId));
  return new Map<T, EndReason>([
    ...lost.map(({ caller }): [T, EndReason] => [caller, "membership_lost"]),
    ...ended.map((caller): [T, EndReason] => [caller, "session_ended"]),
  ]);
}

function isPerson(actor: Actor): actor is SessionActor {
  return actor.type === "user" || actor.type === "operator";
}

async function endedSessions(ctx: Ctx, people: readonly SessionActor[]): Promise<ReadonlySet<string>> {
  if (people.length === 0) return new Set();
  const claims = people.map(({ sessionId, userId, aal }) => ({ sessionId, userId, aal }));
  const ended = await ctx.tx((tx) => listEndedSessionIds(tx.db, claims));
  // Who comes again is refused at once, on every instance, and not when the cache forgets.
  await forgetSessions(ctx, ended);
  return new Set(ended);
}

function userIdOf(actor: Actor): string | null {
  return isPerson(actor) ? actor.userId : null;
}
