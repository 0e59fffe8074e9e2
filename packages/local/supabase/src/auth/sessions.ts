import { randomBytes, randomUUID } from "node:crypto";
import { signAccessToken } from "./access-token.ts";
import type { Auth, Caller } from "./auth.ts";
import type { Db, JsonObject, Session, Trx, User } from "./database.ts";
import { userJson } from "./user-json.ts";
import { getUser } from "./users.ts";

/** How a session was opened, as the `amr` claim names it. */
export type SignInMethod = "password" | "otp";

/** The answer of every grant. `expires_at`: seconds since the epoch. */
export interface TokenAnswer {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
  expires_at: number;
  refresh_token: string;
  user: JsonObject;
}

/** Opens a session for the user, with its first refresh token, and notes the sign-in. */
export async function startSession(
  auth: Auth,
  trx: Trx,
  userId: string,
  method: SignInMethod,
  caller: Caller,
): Promise<TokenAnswer> {
  const now = auth.settings.now();
  await trx.updateTable("users").set({ last_sign_in_at: now, updated_at: now }).where("id", "=", userId).execute();
  const session = await trx
    .insertInto("sessions")
    .values({
      id: randomUUID(),
      user_id: userId,
      created_at: now,
      updated_at: now,
      aal: "aal1",
      user_agent: caller.userAgent,
      ip: caller.ip,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto("mfa_amr_claims")
    .values({
      id: randomUUID(),
      session_id: session.id,
      created_at: now,
      updated_at: now,
      authentication_method: method,
    })
    .execute();
  const refreshToken = await insertRefreshToken(trx, { userId, sessionId: session.id, parent: null, now });
  return tokenAnswer(auth, trx, await getUser(trx, userId), session, refreshToken);
}

/** Signs an access token for the session and puts the answer together. */
export async function tokenAnswer(
  auth: Auth,
  db: Db,
  user: User,
  session: Session,
  refreshToken: string,
): Promise<TokenAnswer> {
  const { token, expiresAt } = await signAccessToken(auth, db, user, session);
  return {
    access_token: token,
    token_type: "bearer",
    expires_in: auth.settings.issueTokensForSec,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: await userJson(db, user),
  };
}

/** Adds a refresh token to a session; `parent` is the one it replaces. */
export async function insertRefreshToken(
  trx: Trx,
  input: { userId: string; sessionId: string; parent: string | null; now: Date },
): Promise<string> {
  const token = randomBytes(24).toString("base64url");
  await trx
    .insertInto("refresh_tokens")
    .values({
      token,
      user_id: input.userId,
      session_id: input.sessionId,
      parent: input.parent,
      revoked: false,
      created_at: input.now,
      updated_at: input.now,
    })
    .execute();
  return token;
}

/** Which sessions a sign-out or a new password ends: all, all but the given one, only the given one. */
export type SessionScope = "global" | "others" | "local";

/** Deletes sessions; their refresh tokens and amr claims go with them. Without a session id, all of the user's. */
export async function endSessions(
  trx: Trx,
  userId: string,
  scope: SessionScope,
  sessionId: string | null,
): Promise<void> {
  let statement = trx.deleteFrom("sessions").where("user_id", "=", userId);
  if (sessionId !== null && scope === "others") statement = statement.where("id", "!=", sessionId);
  if (sessionId !== null && scope === "local") statement = statement.where("id", "=", sessionId);
  await statement.execute();
}
