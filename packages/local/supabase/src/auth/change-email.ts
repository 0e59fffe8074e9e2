import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { confirmUser, updateEmailIdentity } from "./confirm-user.ts";
import type { OneTimeTokenType, Trx, User } from "./database.ts";
import {
  claimSending,
  dropAllOneTimeTokens,
  dropOneTimeToken,
  newOneTimeToken,
  storeOneTimeToken,
} from "./one-time-tokens.ts";
import type { PendingMail } from "./send-token.ts";
import { emailTaken, findUserByEmail, getUser, setUserEmail } from "./users.ts";

/**
 * Notes the wanted address and returns the mails to send: one to the new address and, where the project asks for
 * both, one to the old. Errors: 422 `email_exists`; 429 `over_email_send_rate_limit`.
 */
export async function startEmailChange(
  auth: Auth,
  trx: Trx,
  user: User,
  newEmail: string,
  redirectTo: string,
): Promise<PendingMail[]> {
  await refuseTaken(trx, newEmail);
  await claimSending(auth, trx, user, "email_change_token_new");
  await trx
    .updateTable("users")
    .set({ email_change: newEmail, email_change_confirm_status: 0 })
    .where("id", "=", user.id)
    .execute();
  const tokens = [newOneTimeToken("email_change_token_new", newEmail)];
  if (auth.settings.secureEmailChange && user.email) {
    tokens.unshift(newOneTimeToken("email_change_token_current", user.email));
  }
  for (const token of tokens) await storeOneTimeToken(trx, user.id, token);
  return tokens.map((token) => ({ kind: "email_change", userId: user.id, token, redirectTo, newEmail }));
}

/**
 * Redeems one of the two mails. Returns false when the other address has yet to confirm, true when the address has
 * changed. Errors: 422 `email_exists` when somebody took it meanwhile.
 */
export async function finishEmailChange(
  auth: Auth,
  trx: Trx,
  user: User,
  type: OneTimeTokenType,
  caller: Caller,
): Promise<boolean> {
  const needsBoth = auth.settings.secureEmailChange && !auth.settings.autoconfirm && Boolean(user.email);
  if (needsBoth && user.email_change_confirm_status === 0) {
    await dropOneTimeToken(trx, user.id, type);
    await trx.updateTable("users").set({ email_change_confirm_status: 1 }).where("id", "=", user.id).execute();
    return false;
  }
  const email = user.email_change ?? "";
  await audit(auth, trx, caller, user, "user_modified");
  await setEmail(auth, trx, user.id, { email, isVerified: true });
  await dropAllOneTimeTokens(trx, user.id);
  if (!user.email_confirmed_at) await confirmUser(auth, trx, await getUser(trx, user.id));
  return true;
}

/** Sets the address of user and identity. Errors: 422 `email_exists`. */
export async function setEmail(
  auth: Auth,
  trx: Trx,
  userId: string,
  { email, isVerified }: { email: string; isVerified: boolean },
): Promise<void> {
  await setUserEmail(auth, trx, userId, email);
  await updateEmailIdentity(auth, trx, userId, { email, email_verified: isVerified });
}

/** Errors: 422 `email_exists` when the address belongs to a user. */
export async function refuseTaken(trx: Trx, email: string): Promise<void> {
  if (await findUserByEmail(trx, email)) throw emailTaken();
}
