import { audit } from "../audit.ts";
import type { Auth, Caller } from "../auth.ts";
import { refuseTaken, setEmail } from "../change-email.ts";
import { confirmUser } from "../confirm-user.ts";
import type { JsonObject, Trx, User } from "../database.ts";
import { checkPasswordStrength, randomPassword, refuseLongPassword } from "../passwords.ts";
import { setPassword } from "../update-user.ts";
import { userJson } from "../user-json.ts";
import { createUser, getUser, mergeMetadata } from "../users.ts";
import { readBanEnd } from "./ban-duration.ts";

/** What the service role may set on a user; null leaves it as it is. */
export interface AdminUserInput {
  id: string | null;
  email: string | null;
  password: string | null;
  /** A bcrypt hash, instead of a password. */
  passwordHash: string | null;
  isConfirmed: boolean;
  userMetadata: JsonObject | null;
  appMetadata: JsonObject | null;
  role: string | null;
  banDuration: string | null;
}

/**
 * Creates a user without a mail; without a password nobody can sign in with one.
 * Errors: 422 `email_exists`, `user_already_exists`; 400 `validation_failed`.
 */
export async function adminCreateUser(
  auth: Auth,
  input: AdminUserInput & { email: string },
  caller: Caller,
): Promise<JsonObject> {
  // GoTrue lets the service role set a weak password on a new user, though not on an existing one.
  if (input.password !== null) refuseLongPassword(input.password);
  const passwordHash = input.passwordHash ?? (await auth.passwords.hash(input.password ?? randomPassword()));
  const user = await auth.db.transaction().execute(async (trx) => {
    await refuseTaken(trx, input.email);
    const created = await createUser(auth, trx, {
      ...(input.id !== null && { id: input.id }),
      email: input.email,
      passwordHash,
      userMetadata: input.userMetadata ?? {},
      appMetadata: input.appMetadata ?? {},
      ...(input.role !== null && { role: input.role }),
    });
    await audit(auth, trx, caller, "service_role", "user_signedup", { user_id: created.id, user_email: created.email });
    if (input.isConfirmed) await confirmUser(auth, trx, created);
    await setBan(auth, trx, created.id, input.banDuration);
    return getUser(trx, created.id);
  });
  return userJson(auth.db, user);
}

/**
 * Changes a user. A new password ends all the user's sessions.
 * Errors: 422 `email_exists`, `weak_password`; 400 `validation_failed`.
 */
export async function adminUpdateUser(
  auth: Auth,
  user: User,
  input: AdminUserInput,
  caller: Caller,
): Promise<JsonObject> {
  const passwordHash = await readPasswordHash(auth, input);
  const updated = await auth.db.transaction().execute(async (trx) => {
    const current = await lockUser(trx, user.id);
    if (input.email !== null && input.email !== current.email) {
      await refuseTaken(trx, input.email);
      await setEmail(auth, trx, user.id, { email: input.email, isVerified: input.isConfirmed });
    }
    if (passwordHash !== null) await setPassword(auth, trx, user.id, passwordHash, null);
    await setBan(auth, trx, user.id, input.banDuration);
    await trx
      .updateTable("users")
      .set(metadataChanges(auth, current, input))
      .where("id", "=", user.id)
      .execute();
    if (input.isConfirmed) await confirmUser(auth, trx, await getUser(trx, user.id));
    await audit(auth, trx, caller, "service_role", "user_modified", { user_id: user.id, user_email: user.email });
    return getUser(trx, user.id);
  });
  return userJson(auth.db, updated);
}

function metadataChanges(auth: Auth, current: User, input: AdminUserInput) {
  return {
    role: input.role ?? current.role,
    raw_user_meta_data: mergeMetadata(current.raw_user_meta_data, input.userMetadata ?? {}),
    raw_app_meta_data: mergeMetadata(current.raw_app_meta_data, input.appMetadata ?? {}),
    updated_at: auth.settings.now(),
  };
}

async function setBan(auth: Auth, trx: Trx, userId: string, duration: string | null): Promise<void> {
  if (duration === null) return;
  const bannedUntil = readBanEnd(duration, auth.settings.now());
  await trx.updateTable("users").set({ banned_until: bannedUntil }).where("id", "=", userId).execute();
}

async function readPasswordHash(auth: Auth, input: AdminUserInput): Promise<string | null> {
  if (input.passwordHash !== null) return input.passwordHash;
  if (input.password === null) return null;
  checkPasswordStrength(auth.settings, input.password);
  return auth.passwords.hash(input.password);
}

async function lockUser(trx: Trx, id: string): Promise<User> {
  return trx.selectFrom("users").selectAll().where("id", "=", id).forNoKeyUpdate().executeTakeFirstOrThrow();
}
