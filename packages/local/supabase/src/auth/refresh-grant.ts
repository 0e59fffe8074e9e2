import { sql } from "kysely";
import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import type { Session, Trx } from "./database.ts";
import { AuthError } from "./errors.ts";
import { type TokenAnswer, insertRefreshToken, tokenAnswer } from "./sessions.ts";
import { getUser, isBanned } from "./users.ts";

/** A token that was just replaced may come again in this time, for clients that refresh in parallel. */
const REUSE_INTERVAL_MS = 10_000;

/**
 * Exchanges a refresh token for new tokens. The session's row is locked, so parallel calls with one token answer with
 * one new token. Reuse of an old token ends the family, and that is committed although the caller gets an error.
 * Errors (400): `refresh_token_not_found`, `session_not_found`, `session_expired`, `user_banned`,
 * `refresh_token_already_used`. Source: GoTrue's refresh token grant.
 */
export async function refreshSession(auth: Auth, refreshToken: string, caller: Caller): Promise<TokenAnswer> {
  const outcome = await auth.db.transaction().execute((trx) => rotate(auth, trx, refreshToken, caller));
  // Thrown only after the transaction: inside, it would undo the revocation.
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}

async function rotate(auth: Auth, trx: Trx, refreshToken: string, caller: Caller): Promise<TokenAnswer | AuthError> {
  const now = auth.settings.now();
  const session = await lockSession(trx, refreshToken);
  const user = await getUser(trx, session.user_id);
  if (isBanned(user, now)) throw refused("user_banned", "User Banned");
  if (session.not_after !== null && session.not_after < now) throw refused("session_expired", "Session Expired");

  const next = await nextToken(trx, refreshToken, session, now);
  if (next === null) {
    await revokeFamily(trx, session.id, now);
    return refused("refresh_token_already_used", "Already Used");
  }
  await audit(auth, trx, caller, user, "token_refreshed");
  await trx
    .updateTable("sessions")
    .set({ refreshed_at: utcTimestamp(now), updated_at: now, user_agent: caller.userAgent, ip: caller.ip })
    .where("id", "=", session.id)
    .execute();
  return tokenAnswer(auth, trx, user, session, next);
}

async function lockSession(trx: Trx, refreshToken: string): Promise<Session> {
  const token = await trx
    .selectFrom("refresh_tokens")
    .select("session_id")
    .where("token", "=", refreshToken)
    .executeTakeFirst();
  if (!token) throw refused("refresh_token_not_found", "Refresh Token Not Found");
  const session = await trx
    .selectFrom("sessions")
    .selectAll()
    .where("id", "=", token.session_id)
    .forUpdate()
    .executeTakeFirst();
  if (!session) throw refused("session_not_found", "No Valid Session Found");
  return session;
}

/** Decides with the session locked: the token to hand out, or null when the given one must not be used any more. */
async function nextToken(trx: Trx, refreshToken: string, session: Session, now: Date): Promise<string | null> {
  const given = await trx
    .selectFrom("refresh_tokens")
    .select(["revoked", "updated_at"])
    .where("token", "=", refreshToken)
    .executeTakeFirstOrThrow();
  if (given.revoked) {
    const active = await findActiveToken(trx, session.id);
    // The client never got the answer to its last refresh: give it again.
    if (active?.parent === refreshToken) return active.token;
    // Without an active token the family has ended; the reuse interval must not bring it back.
    if (!active || now.getTime() > given.updated_at.getTime() + REUSE_INTERVAL_MS) return null;
  }
  await trx
    .updateTable("refresh_tokens")
    .set({ revoked: true, updated_at: now })
    .where("token", "=", refreshToken)
    // A second use must not start the reuse interval anew.
    .where("revoked", "=", false)
    .execute();
  return insertRefreshToken(trx, { userId: session.user_id, sessionId: session.id, parent: refreshToken, now });
}

async function findActiveToken(trx: Trx, sessionId: string) {
  return trx
    .selectFrom("refresh_tokens")
    .select(["token", "parent"])
    .where("session_id", "=", sessionId)
    .where("revoked", "=", false)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

async function revokeFamily(trx: Trx, sessionId: string, now: Date): Promise<void> {
  await trx
    .updateTable("refresh_tokens")
    .set({ revoked: true, updated_at: now })
    .where("session_id", "=", sessionId)
    .where("revoked", "=", false)
    .execute();
}

/** `sessions.refreshed_at` has no time zone and holds UTC. */
function utcTimestamp(time: Date) {
  return sql<Date>`${time.toISOString()}::timestamptz at time zone 'utc'`;
}

function refused(code: string, reason: string): AuthError {
  return new AuthError(400, code, `Invalid Refresh Token: ${reason}`);
}
