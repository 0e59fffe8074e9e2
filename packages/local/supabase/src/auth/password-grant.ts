import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { AuthError } from "./errors.ts";
import { type TokenAnswer, startSession } from "./sessions.ts";
import { findUserByEmail, isBanned } from "./users.ts";

/**
 * Signs in with address and password. An unknown address costs as much time as a wrong password.
 * Errors (400): `invalid_credentials`, `user_banned`, `email_not_confirmed`.
 */
export async function signInWithPassword(
  auth: Auth,
  input: { email: string; password: string },
  caller: Caller,
): Promise<TokenAnswer> {
  const user = await findUserByEmail(auth.db, input.email);
  const isRight = await auth.passwords.matches(input.password, user?.encrypted_password ?? null);
  if (!user) throw wrongCredentials();
  if (isBanned(user, auth.settings.now())) throw new AuthError(400, "user_banned", "User is banned");
  if (!isRight) throw wrongCredentials();
  if (!user.email_confirmed_at) throw new AuthError(400, "email_not_confirmed", "Email not confirmed");
  return auth.db.transaction().execute(async (trx) => {
    await audit(auth, trx, caller, user, "login", { provider: "email" });
    return startSession(auth, trx, user.id, "password", caller);
  });
}

function wrongCredentials(): AuthError {
  return new AuthError(400, "invalid_credentials", "Invalid login credentials");
}
