import type { Auth } from "./auth.ts";
import type { Trx, User } from "./database.ts";
import { dropAllOneTimeTokens } from "./one-time-tokens.ts";
import { mergeMetadata } from "./users.ts";

/** Marks the user's address as confirmed, in the user, its metadata and its identity; older mails stop working. */
export async function confirmUser(auth: Auth, trx: Trx, user: User): Promise<void> {
  const now = auth.settings.now();
  await trx
    .updateTable("users")
    .set({
      email_confirmed_at: now,
      raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
      updated_at: now,
    })
    .where("id", "=", user.id)
    .execute();
  await dropAllOneTimeTokens(trx, user.id);
  await updateEmailIdentity(auth, trx, user.id, { email_verified: true });
}

/** Merges data into the user's email identity. */
export async function updateEmailIdentity(
  auth: Auth,
  trx: Trx,
  userId: string,
  changes: Record<string, unknown>,
): Promise<void> {
  const identity = await trx
    .selectFrom("identities")
    .select(["id", "identity_data"])
    .where("user_id", "=", userId)
    .where("provider", "=", "email")
    .executeTakeFirst();
  if (!identity) return;
  await trx
    .updateTable("identities")
    .set({ identity_data: mergeMetadata(identity.identity_data, changes), updated_at: auth.settings.now() })
    .where("id", "=", identity.id)
    .execute();
}
