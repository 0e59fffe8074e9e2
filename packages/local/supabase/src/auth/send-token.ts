import type { MailKind } from "../options.ts";
import type { Auth } from "./auth.ts";
import type { OneTimeTokenType, Trx, User } from "./database.ts";
import { unexpected } from "./errors.ts";
import {
  type OneTimeToken,
  claimSending,
  newOneTimeToken,
  releaseSending,
  storeOneTimeToken,
} from "./one-time-tokens.ts";

/** A mail that is to go out once the transaction that stored its token has committed. */
export interface PendingMail {
  kind: MailKind;
  userId: string;
  token: OneTimeToken;
  redirectTo: string;
  newEmail?: string | undefined;
}

/**
 * Stores a fresh token for the user and returns its mail. Send it with {@link deliver} after the commit: nobody then
 * holds a transaction open while SMTP answers, and a link that arrives quickly already works.
 * Errors: 429 `over_email_send_rate_limit`.
 */
export async function prepareMail(
  auth: Auth,
  trx: Trx,
  user: User,
  mail: { kind: MailKind; type: OneTimeTokenType; redirectTo: string },
): Promise<PendingMail> {
  await claimSending(auth, trx, user, mail.type);
  const token = newOneTimeToken(mail.type, user.email ?? "");
  await storeOneTimeToken(trx, user.id, token);
  return { kind: mail.kind, userId: user.id, token, redirectTo: mail.redirectTo };
}

/** Sends prepared mails. Errors: 500 `unexpected_failure`; the next request may then send at once. */
export async function deliver(auth: Auth, mails: PendingMail[]): Promise<void> {
  for (const mail of mails) {
    try {
      await auth.mailer.send({
        kind: mail.kind,
        to: mail.token.email,
        otp: mail.token.otp,
        tokenHash: mail.token.hash,
        redirectTo: mail.redirectTo,
        newEmail: mail.newEmail,
      });
    } catch (error) {
      await releaseSending(auth, mail.userId, mail.token.type);
      throw unexpected(`Error sending ${mail.kind} email`, error);
    }
  }
}
