import { randomUUID } from "node:crypto";
import type { Auth, Caller } from "./auth.ts";
import type { Trx, User } from "./database.ts";

/** Who acted: a user, or the service role on behalf of the project. */
export type AuditActor = Pick<User, "id" | "email"> | "service_role";

const LOG_TYPES = {
  login: "account",
  logout: "account",
  token_refreshed: "token",
  token_revoked: "token",
  user_signedup: "team",
  user_repeated_signup: "user",
  user_invited: "team",
  user_deleted: "team",
  user_modified: "user",
  user_updated_password: "user",
  user_confirmation_requested: "user",
  user_recovery_requested: "user",
  user_reauthenticate_requested: "user",
};

/** Adds a line to `auth.audit_log_entries`, with GoTrue's action names and payload. */
export async function audit(
  auth: Auth,
  trx: Trx,
  caller: Caller,
  actor: AuditActor,
  action: keyof typeof LOG_TYPES,
  traits?: Record<string, unknown>,
): Promise<void> {
  const isService = actor === "service_role";
  await trx
    .insertInto("audit_log_entries")
    .values({
      id: randomUUID(),
      created_at: auth.settings.now(),
      ip_address: caller.ip,
      payload: {
        action,
        actor_id: isService ? "00000000-0000-0000-0000-000000000000" : actor.id,
        actor_username: isService ? actor : (actor.email ?? ""),
        actor_via_sso: false,
        log_type: LOG_TYPES[action],
        ...(traits && { traits }),
      },
    })
    .execute();
}
