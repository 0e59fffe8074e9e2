import { randomUUID } from "node:crypto";
import type { Auth } from "./auth.ts";
import type { Db, JsonObject, Trx, User } from "./database.ts";
import { AuthError, unexpected } from "./errors.ts";

/** The audience of every user of the project. */
export const AUDIENCE = "authenticated";

/** Finds the user of an address (lower case). */
export async function findUserByEmail(db: Db, email: string): Promise<User | null> {
  const user = await db
    .selectFrom("users")
    .selectAll()
    .where("email", "=", email)
    .where("is_sso_user", "=", false)
    .executeTakeFirst();
  return user ?? null;
}

/** Finds a user by id. */
export async function findUserById(db: Db, id: string): Promise<User | null> {
  const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  return user ?? null;
}

/** Reads a user that is known to exist, with what triggers and earlier statements of the transaction changed. */
export async function getUser(db: Db, id: string): Promise<User> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** What a new user is made of; `passwordHash` is null for users who cannot sign in with a password yet. */
export interface NewUser {
  id?: string;
  email: string;
  passwordHash: string | null;
  userMetadata: JsonObject;
  appMetadata?: JsonObject;
  role?: string;
}

/**
 * Inserts the user with its email identity. The row is inserted before its identity and read again after, as GoTrue
 * does, so that a trigger sees the caller's metadata and may change the row.
 * Errors: 422 `email_exists`, `user_already_exists` (the id); 500 `unexpected_failure` "Database error saving new user"
 * when a trigger or another constraint refuses it.
 */
export async function createUser(auth: Auth, trx: Trx, input: NewUser): Promise<User> {
  const now = auth.settings.now();
  const id = input.id ?? randomUUID();
  const identityData = {
    ...input.userMetadata,
    sub: id,
    email: input.email,
    email_verified: false,
    phone_verified: false,
  };
  try {
    await trx
      .insertInto("users")
      .values(userRow(input, id, now))
      .execute();
    await trx
      .insertInto("identities")
      .values({
        provider_id: id,
        user_id: id,
        identity_data: identityData,
        provider: "email",
        last_sign_in_at: now,
        created_at: now,
        updated_at: now,
      })
      .execute();
  } catch (error) {
    if (violates(error, "users_email_partial_key")) throw emailTaken();
    if (violates(error, "users_pkey")) {
      throw new AuthError(422, "user_already_exists", "A user with this ID already exists");
    }
    throw unexpected("Database error saving new user", error);
  }
  return getUser(trx, id);
}

function userRow(input: NewUser, id: string, now: Date) {
  return {
    instance_id: "00000000-0000-0000-0000-000000000000",
    id,
    aud: AUDIENCE,
    role: input.role ?? "authenticated",
    email: input.email,
    encrypted_password: input.passwordHash ?? "",
    confirmation_token: "",
    recovery_token: "",
    email_change_token_new: "",
    email_change: "",
    raw_app_meta_data: { provider: "email", providers: ["email"], ...input.appMetadata },
    raw_user_meta_data: input.userMetadata,
    created_at: now,
    updated_at: now,
  };
}

/** Sets the address. Errors: 422 `email_exists`. */
export async function setUserEmail(auth: Auth, trx: Trx, userId: string, email: string): Promise<void> {
  try {
    await trx
      .updateTable("users")
      .set({ email, email_change: "", email_change_confirm_status: 0, updated_at: auth.settings.now() })
      .where("id", "=", userId)
      .execute();
  } catch (error) {
    if (violates(error, "users_email_partial_key")) throw emailTaken();
    throw error;
  }
}

/** 422 `email_exists`. */
export function emailTaken(): AuthError {
  return new AuthError(422, "email_exists", "A user with this email address has already been registered");
}

function violates(error: unknown, constraint: string): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === constraint;
}

/** True while a ban is running. */
export function isBanned(user: User, now: Date): boolean {
  return user.banned_until !== null && user.banned_until > now;
}

/** Merges metadata one level deep; a null value removes its key, as in GoTrue. */
export function mergeMetadata(current: JsonObject | null, changes: JsonObject): JsonObject {
  const merged = Object.entries({ ...current, ...changes });
  return Object.fromEntries(merged.filter(([, value]) => value !== null));
}
