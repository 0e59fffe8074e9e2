import { audit } from "../audit.ts";
import type { Auth, Caller } from "../auth.ts";
import { refuseTaken } from "../change-email.ts";
import type { JsonObject } from "../database.ts";
import { newOneTimeToken, stampSending, storeOneTimeToken } from "../one-time-tokens.ts";
import { type PendingMail, deliver } from "../send-token.ts";
import { userJson } from "../user-json.ts";
import { createUser, findUserByEmail, getUser } from "../users.ts";

/** Creates a user who has yet to accept, and mails the invitation; again for one who has not. Errors: 422 `email_exists`. */
export async function inviteUser(
  auth: Auth,
  input: { email: string; data: JsonObject; redirectTo: string },
  caller: Caller,
): Promise<JsonObject> {
  const { email, redirectTo } = input;
  const mail = await auth.db.transaction().execute(async (trx): Promise<PendingMail> => {
    const existing = await findUserByEmail(trx, email);
    if (existing?.email_confirmed_at) await refuseTaken(trx, email);
    const user = existing ?? (await createUser(auth, trx, { email, passwordHash: null, userMetadata: input.data }));
    await audit(auth, trx, caller, "service_role", "user_invited", { user_id: user.id, user_email: user.email });
    await trx.updateTable("users").set({ invited_at: auth.settings.now() }).where("id", "=", user.id).execute();
    // The service role is not held to the interval between mails.
    await stampSending(auth, trx, user.id, "confirmation_token");
    const token = newOneTimeToken("confirmation_token", email);
    await storeOneTimeToken(trx, user.id, token);
    return { kind: "invite", userId: user.id, token, redirectTo };
  });
  await deliver(auth, [mail]);
  return userJson(auth.db, await getUser(auth.db, mail.userId));
}
