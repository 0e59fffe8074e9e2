import { createHash } from "node:crypto";
import { audit } from "../audit.ts";
import type { Auth, Caller } from "../auth.ts";
import type { Trx, User } from "../database.ts";
import { unexpected } from "../errors.ts";
import { dropAllOneTimeTokens } from "../one-time-tokens.ts";
import { endSessions } from "../sessions.ts";

/**
 * Deletes a user with everything that hangs on it. Softly: keeps the row for foreign keys, but hashes address and
 * identity, empties metadata and password, and ends sessions and factors.
 * Errors: 500 `unexpected_failure` when a foreign key of the project forbids the deletion.
 */
export async function deleteUser(auth: Auth, user: User, isSoft: boolean, caller: Caller): Promise<void> {
  await auth.db.transaction().execute(async (trx) => {
    await audit(auth, trx, caller, "service_role", "user_deleted", { user_id: user.id, user_email: user.email });
    if (!isSoft) {
      await hardDelete(trx, user);
      return;
    }
    if (user.deleted_at === null) await softDelete(auth, trx, user);
  });
}

async function hardDelete(trx: Trx, user: User): Promise<void> {
  try {
    await trx.deleteFrom("users").where("id", "=", user.id).execute();
  } catch (error) {
    throw unexpected("Database error deleting user", error);
  }
}

async function softDelete(auth: Auth, trx: Trx, user: User): Promise<void> {
  const now = auth.settings.now();
  await endSessions(trx, user.id, "global", null);
  await dropAllOneTimeTokens(trx, user.id);
  await trx.deleteFrom("mfa_factors").where("user_id", "=", user.id).execute();
  await trx
    .updateTable("users")
    .set({
      email: user.email === null ? null : obfuscate(user.id, user.email),
      phone: user.phone === null ? null : obfuscate(user.id, user.phone),
      email_change: "",
      encrypted_password: "",
      raw_user_meta_data: {},
      raw_app_meta_data: {},
      deleted_at: now,
      updated_at: now,
    })
    .where("id", "=", user.id)
    .execute();
  await obfuscateIdentities(trx, user.id, now);
}

async function obfuscateIdentities(trx: Trx, userId: string, now: Date): Promise<void> {
  const identities = await trx
    .selectFrom("identities")
    .select(["id", "provider", "provider_id"])
    .where("user_id", "=", userId)
    .execute();
  for (const { id, provider, provider_id: providerId } of identities) {
    await trx
      .updateTable("identities")
      .set({ provider_id: obfuscate(userId, provider + providerId), identity_data: {}, updated_at: now })
      .where("id", "=", id)
      .execute();
  }
}

function obfuscate(userId: string, value: string): string {
  return createHash("sha256")
    .update(userId + value)
    .digest("base64url");
}
