import { isIP } from "node:net";
import type { Request } from "express";
import { readAccessToken } from "../access-token.ts";
import type { Auth, Caller } from "../auth.ts";
import type { Session, User } from "../database.ts";
import { AuthError } from "../errors.ts";
import { findUserById } from "../users.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID in the usual form. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Who calls. A server that holds the service key may name its own client in `Sb-Forwarded-For`. */
export function readCaller(auth: Auth, request: Request): Caller {
  const forwarded = request.header("sb-forwarded-for")?.split(",")[0]?.trim() ?? "";
  const isTrusted = request.header("apikey") === auth.keys.serviceKey;
  const ip = isTrusted && isIP(forwarded) !== 0 ? forwarded : (request.socket.remoteAddress ?? "127.0.0.1");
  return { ip, userAgent: request.header("user-agent") ?? null };
}

/** A signed-in user and the session of the token; tokens without a session id have none. */
export interface SignedIn {
  user: User;
  session: Session | null;
}

/**
 * Reads the user of the bearer token. Errors: 401 `no_authorization`; 403 `bad_jwt`, `user_not_found`,
 * `session_not_found`.
 */
export async function requireUser(auth: Auth, request: Request): Promise<SignedIn> {
  const claims = await readAccessToken(auth, bearerToken(request));
  if (claims.sub === "") throw new AuthError(403, "bad_jwt", "invalid claim: missing sub claim");
  if (!isUuid(claims.sub)) throw new AuthError(400, "bad_jwt", "invalid claim: sub claim must be a UUID");
  const user = await findUserById(auth.db, claims.sub);
  if (!user) throw new AuthError(403, "user_not_found", "User from sub claim in JWT does not exist");
  if (claims.session_id === "") return { user, session: null };
  const session = await findSession(auth, claims.session_id);
  if (!session) throw new AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist");
  return { user, session };
}

/** Lets only the service role pass. Errors: 401 `no_authorization`; 403 `bad_jwt`, `not_admin`. */
export async function requireServiceRole(auth: Auth, request: Request): Promise<void> {
  const claims = await readAccessToken(auth, bearerToken(request));
  if (claims.role !== "service_role") throw new AuthError(403, "not_admin", "User not allowed");
}

async function findSession(auth: Auth, id: string): Promise<Session | null> {
  if (!isUuid(id)) return null;
  const session = await auth.db.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirst();
  return session ?? null;
}

function bearerToken(request: Request): string {
  const token = /^[Bb]earer (\S+)$/.exec(request.header("authorization") ?? "")?.[1];
  if (token === undefined) throw new AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token");
  return token;
}
