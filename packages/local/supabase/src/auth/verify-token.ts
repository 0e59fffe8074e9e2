import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { finishEmailChange } from "./change-email.ts";
import { confirmUser } from "./confirm-user.ts";
import type { OneTimeTokenType, Trx, User } from "./database.ts";
import { AuthError, invalid } from "./errors.ts";
import { dropOneTimeToken, isTokenExpired, lockTokenOwner } from "./one-time-tokens.ts";
import { type TokenAnswer, startSession } from "./sessions.ts";
import { isBanned } from "./users.ts";

const TOKEN_TYPES = new Map<string, readonly OneTimeTokenType[]>([
  ["signup", ["confirmation_token"]],
  ["invite", ["confirmation_token"]],
  ["recovery", ["recovery_token"]],
  ["magiclink", ["recovery_token"]],
  ["email", ["confirmation_token", "recovery_token"]],
  ["email_change", ["email_change_token_new", "email_change_token_current"]],
]);

/** What a proven token led to: a session, or half of a change of address. */
export type Verified = { kind: "session"; answer: TokenAnswer } | { kind: "half_confirmed" };

/**
 * Redeems the token of a mail, once: confirms the address, opens the recovery session or changes the address.
 * @param input `hash`: hex hash from the link, or made from address and code; `refusal`: message of a failure
 * Errors: 400 `validation_failed` for an unknown type; 403 `otp_expired`, `user_banned`; 422 `email_exists`.
 */
export async function verifyToken(
  auth: Auth,
  input: { type: string; hash: string; refusal: string },
  caller: Caller,
): Promise<Verified> {
  const types = TOKEN_TYPES.get(input.type);
  if (!types) throw invalid("Invalid email verification type");
  return auth.db.transaction().execute(async (trx) => {
    const token = await lockTokenOwner(trx, input.hash, types);
    if (!token) throw expired(input.refusal);
    if (isBanned(token.user, auth.settings.now())) throw new AuthError(403, "user_banned", "User is banned");
    if (isTokenExpired(auth, token.user, token.type)) throw expired(input.refusal);
    const isDone = await redeem(auth, trx, token, caller);
    if (!isDone) return { kind: "half_confirmed" };
    return { kind: "session", answer: await startSession(auth, trx, token.user.id, "otp", caller) };
  });
}

async function redeem(
  auth: Auth,
  trx: Trx,
  { user, type }: { user: User; type: OneTimeTokenType },
  caller: Caller,
): Promise<boolean> {
  switch (type) {
    case "confirmation_token":
      await audit(auth, trx, caller, user, "user_signedup");
      await confirmUser(auth, trx, user);
      return true;
    case "recovery_token":
      await audit(auth, trx, caller, user, user.email_confirmed_at ? "login" : "user_signedup");
      await dropOneTimeToken(trx, user.id, type);
      if (!user.email_confirmed_at) await confirmUser(auth, trx, user);
      return true;
    case "email_change_token_new":
    case "email_change_token_current":
      return finishEmailChange(auth, trx, user, type, caller);
    case "reauthentication_token":
      throw new Error("A reauthentication code is redeemed with the new password.");
    default:
      return type satisfies never;
  }
}

function expired(message: string): AuthError {
  return new AuthError(403, "otp_expired", message);
}
