import { randomUUID } from "node:crypto";
import { audit } from "./audit.ts";
import type { Auth, Caller } from "./auth.ts";
import { confirmUser } from "./confirm-user.ts";
import type { JsonObject, Trx, User } from "./database.ts";
import { AuthError } from "./errors.ts";
import { checkPasswordStrength } from "./passwords.ts";
import { type PendingMail, deliver, prepareMail } from "./send-token.ts";
import { type TokenAnswer, startSession } from "./sessions.ts";
import { userJson } from "./user-json.ts";
import { AUDIENCE, createUser, findUserByEmail, getUser, mergeMetadata } from "./users.ts";

/** A checked request to sign up: address in lower case. */
export interface SignUpInput {
  email: string;
  password: string;
  data: JsonObject;
  redirectTo: string;
}

type Outcome =
  | { kind: "signed_in"; answer: TokenAnswer }
  | { kind: "confirmation"; user: User; mail: PendingMail }
  | { kind: "taken" };

/**
 * Creates a user. With autoconfirm the answer is a session, else the user, and a confirmation mail goes out. Signing up
 * again before the confirmation only sends the mail again: nobody has proved to own the address, so nothing changes.
 * Errors: 422 `weak_password`, 422 `user_already_exists` (autoconfirm only; else a made-up user hides that the address
 * is taken), 429 `over_email_send_rate_limit`.
 */
export async function signUp(auth: Auth, input: SignUpInput, caller: Caller): Promise<TokenAnswer | JsonObject> {
  checkPasswordStrength(auth.settings, input.password);
  const passwordHash = await auth.passwords.hash(input.password);
  const outcome = await attempt(auth, input, passwordHash, caller).catch((error: unknown) => {
    // Somebody else inserted the address meanwhile: the second look finds that user.
    if (error instanceof AuthError && error.code === "email_exists") return attempt(auth, input, passwordHash, caller);
    throw error;
  });
  switch (outcome.kind) {
    case "signed_in":
      return outcome.answer;
    case "confirmation":
      await deliver(auth, [outcome.mail]);
      return userJson(auth.db, outcome.user);
    case "taken":
      if (auth.settings.autoconfirm) throw new AuthError(422, "user_already_exists", "User already registered");
      return madeUpUser(auth, input);
    default:
      return outcome satisfies never;
  }
}

async function attempt(auth: Auth, input: SignUpInput, passwordHash: string, caller: Caller): Promise<Outcome> {
  return auth.db.transaction().execute(async (trx) => {
    const existing = await findUserByEmail(trx, input.email);
    if (existing?.email_confirmed_at) {
      await audit(auth, trx, caller, existing, "user_repeated_signup", { provider: "email" });
      return { kind: "taken" };
    }
    const user = existing ?? (await createSignedUpUser(auth, trx, input, passwordHash));
    if (auth.settings.autoconfirm) {
      await audit(auth, trx, caller, user, "user_signedup", { provider: "email" });
      await confirmUser(auth, trx, user);
      return { kind: "signed_in", answer: await startSession(auth, trx, user.id, "password", caller) };
    }
    await audit(auth, trx, caller, user, "user_confirmation_requested", { provider: "email" });
    const { redirectTo } = input;
    const mail = await prepareMail(auth, trx, user, { kind: "signup", type: "confirmation_token", redirectTo });
    return { kind: "confirmation", user: await getUser(trx, user.id), mail };
  });
}

async function createSignedUpUser(auth: Auth, trx: Trx, input: SignUpInput, passwordHash: string): Promise<User> {
  const user = await createUser(auth, trx, { email: input.email, passwordHash, userMetadata: input.data });
  const claims = { sub: user.id, email: input.email, email_verified: false, phone_verified: false };
  await trx
    .updateTable("users")
    .set({ raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, claims) })
    .where("id", "=", user.id)
    .execute();
  return getUser(trx, user.id);
}

/** Looks like the answer to a first sign-up; only `identities` is empty, by which clients may tell. */
function madeUpUser(auth: Auth, input: SignUpInput): JsonObject {
  const now = auth.settings.now();
  return {
    id: randomUUID(),
    aud: AUDIENCE,
    role: "",
    email: input.email,
    phone: "",
    confirmation_sent_at: now,
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: input.data,
    identities: [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  };
}
