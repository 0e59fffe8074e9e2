import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { startEmailChange } from "./change-email.ts";
import type { JsonObject, Session, Trx, User } from "./database.ts";
import { AuthError } from "./errors.ts";
import { dropAllOneTimeTokens, hashOtp, isTokenExpired } from "./one-time-tokens.ts";
import { checkPasswordStrength } from "./passwords.ts";
import { type PendingMail, deliver } from "./send-token.ts";
import { endSessions } from "./sessions.ts";
import { userJson } from "./user-json.ts";
import { getUser, mergeMetadata } from "./users.ts";

const REAUTHENTICATE_AFTER_MS = 24 * 3600 * 1000;

/** What a user may change about itself; null leaves it as it is. */
export interface UserChanges {
  email: string | null;
  password: string | null;
  nonce: string;
  data: JsonObject | null;
  redirectTo: string;
}

/**
 * Changes the signed-in user. A new password ends the user's other sessions; a new address waits for its mails.
 * Errors: 401 `insufficient_aal`; 400 `reauthentication_needed`; 422 `same_password`, `weak_password`,
 * `reauthentication_not_valid`, `email_exists`; 429 `over_email_send_rate_limit`.
 */
export async function updateUser(
  auth: Auth,
  signedIn: { user: User; session: Session | null },
  changes: UserChanges,
  caller: Caller,
): Promise<JsonObject> {
  const { user, session } = signedIn;
  const newEmail = changes.email === user.email ? null : changes.email;
  await requireSecondFactor(auth, signedIn, newEmail !== null || changes.password !== null);
  const passwordHash = await newPasswordHash(auth, signedIn, changes);

  const mails = await auth.db.transaction().execute(async (trx): Promise<PendingMail[]> => {
    if (passwordHash !== null) {
      await setPassword(auth, trx, user.id, passwordHash, session?.id ?? null);
      await audit(auth, trx, caller, user, "user_updated_password");
    }
    if (changes.data !== null) await mergeUserMetadata(auth, trx, user.id, changes.data);
    await audit(auth, trx, caller, user, "user_modified");
    if (newEmail === null) return [];
    return startEmailChange(auth, trx, await getUser(trx, user.id), newEmail, changes.redirectTo);
  });
  await deliver(auth, mails);
  return userJson(auth.db, await getUser(auth.db, user.id));
}

/** Stores the hash; older mails stop working and sessions end: all, or all but the one that is kept. */
export async function setPassword(
  auth: Auth,
  trx: Trx,
  userId: string,
  passwordHash: string,
  keptSessionId: string | null,
): Promise<void> {
  await trx
    .updateTable("users")
    .set({ encrypted_password: passwordHash, updated_at: auth.settings.now() })
    .where("id", "=", userId)
    .execute();
  await dropAllOneTimeTokens(trx, userId);
  await endSessions(trx, userId, "others", keptSessionId);
}

async function mergeUserMetadata(auth: Auth, trx: Trx, userId: string, data: JsonObject): Promise<void> {
  const { raw_user_meta_data: current } = await trx
    .selectFrom("users")
    .select("raw_user_meta_data")
    .where("id", "=", userId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable("users")
    .set({ raw_user_meta_data: mergeMetadata(current, data), updated_at: auth.settings.now() })
    .where("id", "=", userId)
    .execute();
}

async function requireSecondFactor(
  auth: Auth,
  { user, session }: { user: User; session: Session | null },
  isSensitive: boolean,
): Promise<void> {
  if (!isSensitive || session?.aal === "aal2") return;
  const factor = await auth.db
    .selectFrom("mfa_factors")
    .select("id")
    .where("user_id", "=", user.id)
    .where("status", "=", "verified")
    .limit(1)
    .executeTakeFirst();
  if (!factor) return;
  const message = "AAL2 session is required to update email or password when MFA is enabled.";
  throw new AuthError(401, "insufficient_aal", message);
}

async function newPasswordHash(
  auth: Auth,
  { user, session }: { user: User; session: Session | null },
  changes: UserChanges,
): Promise<string | null> {
  if (changes.password === null) return null;
  checkPasswordStrength(auth.settings, changes.password);
  if (auth.settings.requireReauthentication) requireRecentSignIn(auth, user, session, changes.nonce);
  if (await auth.passwords.matches(changes.password, user.encrypted_password)) {
    throw new AuthError(422, "same_password", "New password should be different from the old password.");
  }
  return auth.passwords.hash(changes.password);
}

function requireRecentSignIn(auth: Auth, user: User, session: Session | null, nonce: string): void {
  const signedInAt = session?.created_at?.getTime() ?? 0;
  if (auth.settings.now().getTime() <= signedInAt + REAUTHENTICATE_AFTER_MS) return;
  if (nonce === "") {
    throw new AuthError(400, "reauthentication_needed", "Password update requires reauthentication");
  }
  const isRight = user.reauthentication_token === hashOtp(user.email ?? "", nonce);
  if (!isRight || isTokenExpired(auth, user, "reauthentication_token")) {
    throw new AuthError(422, "reauthentication_not_valid", "Nonce has expired or is invalid");
  }
}
