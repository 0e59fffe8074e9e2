import { findEndedSessions } from "@turnpike/auth";
import type { Ctx, SessionActor } from "@turnpike/core";
import { findLostMemberships } from "@turnpike/organizations";
import type { CutReason, LiveStream } from "./live-stream.ts";

type PersonsStream = LiveStream & { actor: SessionActor };

/**
 * Which streams may not go on, and why: the session is over, or its person is no member any more. Two questions to
 * PostgreSQL for all people together, and none to a cache, so that the answer is as old as the call.
 */
export async function findUnwelcome(ctx: Ctx, streams: readonly LiveStream[]): Promise<Map<LiveStream, CutReason>> {
  const people = streams.filter(isPersons);
  const others = streams.filter((stream) => !isPersons(stream));
  const [ended, lost, unfounded] = await Promise.all([
    findEndedSessions(ctx, people.map(claimsOf)),
    findLostMemberships(ctx, people.map(membershipOf)),
    withoutOrganization(others),
  ]);
  const lostKeys = new Set(lost.map(keyOf));
  const unwelcome = new Map<LiveStream, CutReason>(unfounded.map((stream) => [stream, "membership_lost"]));
  for (const stream of people) {
    if (ended.has(stream.actor.sessionId)) unwelcome.set(stream, "session_ended");
    else if (lostKeys.has(keyOf(membershipOf(stream)))) unwelcome.set(stream, "membership_lost");
  }
  return unwelcome;
}

function isPersons(stream: LiveStream): stream is PersonsStream {
  return stream.actor.type === "user" || stream.actor.type === "operator";
}

function claimsOf({ actor: { sessionId, userId, aal } }: PersonsStream) {
  return { sessionId, userId, aal };
}

function membershipOf({ actor, organizationId }: PersonsStream) {
  return { userId: actor.userId, organizationId };
}

function keyOf({ userId, organizationId }: { userId: string; organizationId: string }): string {
  return `${userId} ${organizationId}`;
}

/** Keys and jobs of ours are few; each is asked as it was when it came. */
async function withoutOrganization(streams: readonly LiveStream[]): Promise<LiveStream[]> {
  const found = await Promise.all(streams.map(({ ctx }) => ctx.findOrganization()));
  return streams.filter((stream, at) => found[at]?.id !== stream.organizationId);
}
