import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { startEmailChange } from "./change-email.ts";
import { confirmUser } from "./confirm-user.ts";
import type { JsonObject, Trx, User } from "./database.ts";
import { AuthError } from "./errors.ts";
import { randomPassword } from "./passwords.ts";
import { type PendingMail, deliver, prepareMail } from "./send-token.ts";
import { createUser, findUserByEmail, getUser } from "./users.ts";

/** Mails a link to choose a new password; silent about addresses nobody has. Errors: 429. */
export async function requestRecovery(auth: Auth, email: string, redirectTo: string, caller: Caller): Promise<void> {
  await sendTo(auth, email, async (trx, user) => {
    await audit(auth, trx, caller, user, "user_recovery_requested");
    return [await prepareMail(auth, trx, user, { kind: "recovery", type: "recovery_token", redirectTo })];
  });
}

/** Sends the mail of a sign-up or of a change of address again, while there is something to confirm. Errors: 429. */
export async function resendMail(
  auth: Auth,
  input: { type: "signup" | "email_change"; email: string; redirectTo: string },
  caller: Caller,
): Promise<void> {
  await sendTo(auth, input.email, async (trx, user) => {
    const { redirectTo } = input;
    if (input.type === "email_change") {
      if (!user.email_change) return [];
      return startEmailChange(auth, trx, user, user.email_change, redirectTo);
    }
    if (user.email_confirmed_at) return [];
    await audit(auth, trx, caller, user, "user_confirmation_requested");
    return [await prepareMail(auth, trx, user, { kind: "signup", type: "confirmation_token", redirectTo })];
  });
}

/** Mails the code that `updateUser` takes as nonce. Errors: 422 `email_not_confirmed`, 429. */
export async function reauthenticate(auth: Auth, user: User, caller: Caller): Promise<void> {
  if (!user.email_confirmed_at) throw new AuthError(422, "email_not_confirmed", "Please verify your email first.");
  const mail = await auth.db.transaction().execute(async (trx) => {
    await audit(auth, trx, caller, user, "user_reauthenticate_requested");
    return prepareMail(auth, trx, user, { kind: "reauthentication", type: "reauthentication_token", redirectTo: "" });
  });
  await deliver(auth, [mail]);
}

/**
 * Mails a link and a code to sign in without a password; a new address becomes a user first, unless told not to.
 * Errors: 422 `otp_disabled`, 429 `over_email_send_rate_limit`.
 */
export async function requestMagicLink(
  auth: Auth,
  input: { email: string; data: JsonObject; canCreateUser: boolean; redirectTo: string },
  caller: Caller,
): Promise<void> {
  const { email, redirectTo } = input;
  const passwordHash = await auth.passwords.hash(randomPassword());
  const mail = await auth.db.transaction().execute(async (trx) => {
    const existing = await findUserByEmail(trx, email);
    if (!existing && !input.canCreateUser) {
      throw new AuthError(422, "otp_disabled", "Signups not allowed for otp");
    }
    let user = existing ?? (await createUser(auth, trx, { email, passwordHash, userMetadata: input.data }));
    if (!user.email_confirmed_at && auth.settings.autoconfirm) {
      await confirmUser(auth, trx, user);
      user = await getUser(trx, user.id);
    }
    if (!user.email_confirmed_at) {
      await audit(auth, trx, caller, user, "user_confirmation_requested");
      return prepareMail(auth, trx, user, { kind: "signup", type: "confirmation_token", redirectTo });
    }
    await audit(auth, trx, caller, user, "user_recovery_requested");
    return prepareMail(auth, trx, user, { kind: "magiclink", type: "recovery_token", redirectTo });
  });
  await deliver(auth, [mail]);
}

async function sendTo(
  auth: Auth,
  email: string,
  prepare: (trx: Trx, user: User) => Promise<PendingMail[]>,
): Promise<void> {
  const mails = await auth.db.transaction().execute(async (trx) => {
    const user = await findUserByEmail(trx, email);
    return user ? prepare(trx, user) : [];
  });
  await deliver(auth, mails);
}
