import type { MailKind } from "../../options.ts";
import { audit } from "../audit.ts";
import type { Auth, Caller } from "../auth.ts";
import { refuseTaken } from "../change-email.ts";
import type { JsonObject, OneTimeTokenType, Trx, User } from "../database.ts";
import { AuthError, invalid } from "../errors.ts";
import { verifyLink } from "../mail/mailer.ts";
import { newOneTimeToken, stampSending, storeOneTimeToken } from "../one-time-tokens.ts";
import { checkPasswordStrength, randomPassword } from "../passwords.ts";
import { userJson } from "../user-json.ts";
import { createUser, findUserByEmail, getUser } from "../users.ts";

/** The kinds of link the service role may ask for. */
export type LinkType = "signup" | "invite" | "magiclink" | "recovery" | "email_change_current" | "email_change_new";

/** A checked request for a link; addresses in lower case, `newEmail` "" unless the address is to change. */
export interface LinkInput {
  type: LinkType;
  email: string;
  newEmail: string;
  password: string;
  data: JsonObject;
  redirectTo: string;
}

const TOKENS: Record<LinkType, { token: OneTimeTokenType; mail: MailKind }> = {
  signup: { token: "confirmation_token", mail: "signup" },
  invite: { token: "confirmation_token", mail: "invite" },
  magiclink: { token: "recovery_token", mail: "magiclink" },
  recovery: { token: "recovery_token", mail: "recovery" },
  email_change_current: { token: "email_change_token_current", mail: "email_change" },
  email_change_new: { token: "email_change_token_new", mail: "email_change" },
};

/**
 * Makes the link of a mail without sending it. `signup`, `invite` and `magiclink` create the user where there is none.
 * Errors: 404 `user_not_found`; 422 `email_exists`, `weak_password`; 400 `validation_failed`.
 */
export async function generateLink(auth: Auth, wanted: LinkInput, caller: Caller): Promise<JsonObject> {
  if (wanted.type === "email_change_current" && !auth.settings.secureEmailChange) {
    throw invalid("Enable secure email change to generate link for current email");
  }
  const isNew = (await findUserByEmail(auth.db, wanted.email)) === null;
  const input = isNew && wanted.type === "magiclink" ? asSignUp(wanted) : wanted;
  const passwordHash = isNew && input.type === "signup" ? await hashPassword(auth, input.password) : null;
  const { token: tokenType, mail } = TOKENS[input.type];
  const token = newOneTimeToken(tokenType, input.type === "email_change_new" ? input.newEmail : input.email);
  const user = await auth.db.transaction().execute(async (trx) => {
    const owner = await findOrCreate(auth, trx, input, passwordHash);
    await noteRequest(auth, trx, owner, input, caller);
    await stampSending(auth, trx, owner.id, tokenType);
    await storeOneTimeToken(trx, owner.id, token);
    return getUser(trx, owner.id);
  });
  return {
    ...(await userJson(auth.db, user)),
    action_link: verifyLink(`${auth.issuer}/verify`, mail, token.hash, input.redirectTo),
    email_otp: token.otp,
    hashed_token: token.hash,
    verification_type: input.type,
    redirect_to: input.redirectTo,
  };
}

function asSignUp(input: LinkInput): LinkInput {
  return { ...input, type: "signup", password: randomPassword() };
}

async function hashPassword(auth: Auth, password: string): Promise<string> {
  if (password === "") throw invalid("Signup requires a valid password");
  checkPasswordStrength(auth.settings, password);
  return auth.passwords.hash(password);
}

async function findOrCreate(auth: Auth, trx: Trx, input: LinkInput, passwordHash: string | null): Promise<User> {
  const { email, type } = input;
  const user = await findUserByEmail(trx, email);
  if (user) {
    if ((type === "signup" || type === "invite") && user.email_confirmed_at) await refuseTaken(trx, email);
    return user;
  }
  if (type !== "signup" && type !== "invite") {
    throw new AuthError(404, "user_not_found", "User with this email not found");
  }
  return createUser(auth, trx, { email, passwordHash, userMetadata: input.data });
}

async function noteRequest(auth: Auth, trx: Trx, user: User, input: LinkInput, caller: Caller): Promise<void> {
  if (input.type === "invite") {
    await audit(auth, trx, caller, "service_role", "user_invited", { user_id: user.id, user_email: user.email });
    await trx.updateTable("users").set({ invited_at: auth.settings.now() }).where("id", "=", user.id).execute();
  }
  if (input.type === "magiclink" || input.type === "recovery") {
    await audit(auth, trx, caller, user, "user_recovery_requested");
  }
  if (input.type === "email_change_current" || input.type === "email_change_new") {
    await refuseTaken(trx, input.newEmail);
    await trx
      .updateTable("users")
      .set({ email_change: input.newEmail, email_change_confirm_status: 0 })
      .where("id", "=", user.id)
      .execute();
  }
}
