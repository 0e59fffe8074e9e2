import { sql } from "kysely";
import type { TestApp } from "@turnpike/testing";

/** Gives a user a verified second factor, as Supabase Auth stores one. */
export async function addVerifiedFactor(app: TestApp, userId: string): Promise<void> {
  await sql`insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
    values (gen_random_uuid(), ${userId}::uuid, 'phone', 'totp', 'verified', 'secret', now(), now())`.execute(
    app.owner,
  );
}

/** Takes all second factors of a user away. */
export async function removeFactors(app: TestApp, userId: string): Promise<void> {
  await sql`delete from auth.mfa_factors where user_id = ${userId}::uuid`.execute(app.owner);
}
