import type { Db, Identity, JsonObject, User } from "./database.ts";

/** Reads identities and factors and returns the user as GoTrue's API shows it. */
export async function userJson(db: Db, user: User): Promise<JsonObject> {
  const [json] = await usersJson(db, [user]);
  return json ?? {};
}

/** {@link userJson} for a page of users, in two queries. */
export async function usersJson(db: Db, users: User[]): Promise<JsonObject[]> {
  if (users.length === 0) return [];
  const ids = users.map((user) => user.id);
  const identities = await db
    .selectFrom("identities")
    .selectAll()
    .where("user_id", "in", ids)
    .orderBy("created_at")
    .execute();
  const factors = await db
    .selectFrom("mfa_factors")
    .select(["id", "user_id", "friendly_name", "factor_type", "status", "created_at", "updated_at", "phone"])
    .where("user_id", "in", ids)
    .orderBy("created_at")
    .execute();
  return users.map((user) => ({
    ...userFields(user),
    identities: identities.filter((identity) => identity.user_id === user.id).map(identityJson),
    factors: ownFactors(factors, user.id),
    created_at: user.created_at,
    updated_at: user.updated_at,
    banned_until: user.banned_until ?? undefined,
    deleted_at: user.deleted_at ?? undefined,
    is_anonymous: user.is_anonymous,
  }));
}

/** GoTrue leaves these out when empty; `undefined` does not reach the JSON. */
function userFields(user: User): JsonObject {
  return {
    id: user.id,
    aud: user.aud ?? "",
    role: user.role ?? "",
    email: user.email ?? "",
    email_confirmed_at: user.email_confirmed_at ?? undefined,
    invited_at: user.invited_at ?? undefined,
    phone: user.phone ?? "",
    phone_confirmed_at: user.phone_confirmed_at ?? undefined,
    confirmation_sent_at: user.confirmation_sent_at ?? undefined,
    confirmed_at: user.confirmed_at ?? undefined,
    recovery_sent_at: user.recovery_sent_at ?? undefined,
    new_email: user.email_change || undefined,
    email_change_sent_at: user.email_change_sent_at ?? undefined,
    reauthentication_sent_at: user.reauthentication_sent_at ?? undefined,
    last_sign_in_at: user.last_sign_in_at ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
  };
}

function identityJson(identity: Identity): JsonObject {
  return {
    identity_id: identity.id,
    id: identity.provider_id,
    user_id: identity.user_id,
    identity_data: identity.identity_data,
    provider: identity.provider,
    last_sign_in_at: identity.last_sign_in_at,
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    email: identity.email ?? undefined,
  };
}

function ownFactors(factors: ({ user_id: string; phone: string | null } & JsonObject)[], userId: string) {
  const own = factors.filter((factor) => factor.user_id === userId);
  if (own.length === 0) return undefined;
  return own.map(({ user_id: _owner, phone, ...factor }) => ({ ...factor, phone: phone ?? undefined }));
}
