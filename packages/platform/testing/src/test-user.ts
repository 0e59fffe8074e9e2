import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { SessionActor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { DB } from "@turnpike/core";

/** What a test may set of a new person. */
export interface NewUser {
  email?: string;
  fullName?: string;
  isOperator?: boolean;
}

/** A person with a live session, and the personal organization that sign-up made. */
export interface TestUser {
  actor: SessionActor;
  userId: string;
  email: string;
  organizationId: string;
}

/** Inserts a person the way Supabase Auth does, as its own role, so that the sign-up trigger runs under it. */
export async function createTestUser(owner: Kysely<DB>, user: NewUser = {}): Promise<TestUser> {
  const userId = newId();
  const sessionId = newId();
  const email = user.email ?? `${userId}@example.test`;
  const meta = JSON.stringify({ full_name: user.fullName ?? "Test Person" });
  await owner.transaction().execute(async (trx) => {
    await sql`set local role supabase_auth_admin`.execute(trx);
    await sql`insert into auth.users (id, aud, role, email, raw_user_meta_data, email_confirmed_at, created_at, updated_at)
      values (${userId}, 'authenticated', 'authenticated', ${email}, ${meta}::jsonb, now(), now(), now())`.execute(trx);
    await sql`insert into auth.sessions (id, user_id, created_at, updated_at, aal) values (${sessionId}, ${userId}, now(), now(), 'aal1')`.execute(
      trx,
    );
  });
  if (user.isOperator) await owner.updateTable("profiles").set({ is_admin: true }).where("id", "=", userId).execute();
  const organization = await owner
    .selectFrom("organizations")
    .select("id")
    .where("personal_user_id", "=", userId)
    .executeTakeFirstOrThrow();
  return {
    userId,
    email,
    organizationId: organization.id,
    actor: { type: user.isOperator ? "operator" : "user", userId, sessionId, email, aal: "aal1", accessToken: "none" },
  };
}
