import { SignJWT, jwtVerify } from "jose";
import { z } from "zod";
import type { Auth } from "./auth.ts";
import type { Db, Session, User } from "./database.ts";
import { AuthError } from "./errors.ts";
import { AUDIENCE } from "./users.ts";

/** The claims that the server itself reads back. */
const Claims = z.object({
  sub: z.string().default(""),
  role: z.string().default(""),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  session_id: z.string().default(""),
});
export type Claims = z.infer<typeof Claims>;

/** Signs the access token of a session with GoTrue's claims. Times are seconds since the epoch. */
export async function signAccessToken(auth: Auth, db: Db, user: User, session: Session) {
  const issuedAt = Math.floor(auth.settings.now().getTime() / 1000);
  const expiresAt = issuedAt + auth.settings.issueTokensForSec;
  const claims = {
    email: user.email ?? "",
    phone: user.phone ?? "",
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    role: user.role ?? "authenticated",
    aal: session.aal ?? "aal1",
    amr: await readAmr(db, session.id),
    session_id: session.id,
    is_anonymous: user.is_anonymous,
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: auth.keys.kid, typ: "JWT" })
    .setIssuer(auth.issuer)
    .setSubject(user.id)
    .setAudience(user.aud ?? AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(auth.keys.privateKey);
  return { token, expiresAt };
}

async function readAmr(db: Db, sessionId: string) {
  const rows = await db
    .selectFrom("mfa_amr_claims")
    .select(["authentication_method", "updated_at"])
    .where("session_id", "=", sessionId)
    .orderBy("updated_at", "desc")
    .execute();
  return rows.map((row) => ({
    method: row.authentication_method,
    timestamp: Math.floor(row.updated_at.getTime() / 1000),
  }));
}

/** Checks signature, algorithm and times of a token of ours. Errors: 403 `bad_jwt`. */
export async function readAccessToken(auth: Auth, token: string): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, auth.keys.publicKey, {
      algorithms: ["ES256"],
      currentDate: auth.settings.now(),
    });
    return Claims.parse(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    throw new AuthError(403, "bad_jwt", `invalid JWT: unable to parse or verify signature, ${reason}`);
  }
}
