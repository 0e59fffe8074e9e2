import {
  type Generated,
  type GeneratedAlways,
  Kysely,
  PostgresDialect,
  type Selectable,
  type Transaction,
} from "kysely";
import pg from "pg";

/** A JSON document as Auth keeps it: `app_metadata`, `user_metadata`, identity data. */
export type JsonObject = Record<string, unknown>;

interface UsersTable {
  instance_id: string | null;
  id: string;
  aud: string | null;
  role: string | null;
  email: string | null;
  encrypted_password: string | null;
  email_confirmed_at: Date | null;
  invited_at: Date | null;
  confirmation_token: string | null;
  confirmation_sent_at: Date | null;
  recovery_token: string | null;
  recovery_sent_at: Date | null;
  email_change_token_new: string | null;
  email_change_token_current: Generated<string | null>;
  email_change: string | null;
  email_change_sent_at: Date | null;
  email_change_confirm_status: Generated<number | null>;
  last_sign_in_at: Date | null;
  raw_app_meta_data: JsonObject | null;
  raw_user_meta_data: JsonObject | null;
  created_at: Date | null;
  updated_at: Date | null;
  phone: string | null;
  phone_confirmed_at: Date | null;
  confirmed_at: GeneratedAlways<Date | null>;
  banned_until: Date | null;
  reauthentication_token: Generated<string | null>;
  reauthentication_sent_at: Date | null;
  is_sso_user: Generated<boolean>;
  deleted_at: Date | null;
  is_anonymous: Generated<boolean>;
}

interface IdentitiesTable {
  id: Generated<string>;
  provider_id: string;
  user_id: string;
  identity_data: JsonObject;
  provider: string;
  last_sign_in_at: Date | null;
  created_at: Date | null;
  updated_at: Date | null;
  email: GeneratedAlways<string | null>;
}

interface SessionsTable {
  id: string;
  user_id: string;
  created_at: Date | null;
  updated_at: Date | null;
  factor_id: string | null;
  aal: "aal1" | "aal2" | "aal3" | null;
  not_after: Date | null;
  refreshed_at: Date | null;
  user_agent: string | null;
  ip: string | null;
}

interface RefreshTokensTable {
  id: Generated<string>;
  token: string;
  user_id: string;
  revoked: boolean;
  created_at: Date;
  updated_at: Date;
  parent: string | null;
  session_id: string;
}

/** The kinds of one-time token that mails carry. */
export type OneTimeTokenType =
  | "confirmation_token"
  | "reauthentication_token"
  | "recovery_token"
  | "email_change_token_new"
  | "email_change_token_current";

interface OneTimeTokensTable {
  id: string;
  user_id: string;
  token_type: OneTimeTokenType;
  token_hash: string;
  relates_to: string;
}

interface MfaFactorsTable {
  id: string;
  user_id: string;
  friendly_name: string | null;
  factor_type: "totp" | "webauthn" | "phone";
  status: "unverified" | "verified";
  created_at: Date;
  updated_at: Date;
  phone: string | null;
}

interface MfaAmrClaimsTable {
  id: string;
  session_id: string;
  created_at: Date;
  updated_at: Date;
  authentication_method: string;
}

interface AuditLogEntriesTable {
  id: string;
  payload: JsonObject;
  created_at: Date;
  ip_address: string;
}

/** The tables of schema `auth` that the Auth server reads and writes. */
export interface AuthDatabase {
  users: UsersTable;
  identities: IdentitiesTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  one_time_tokens: OneTimeTokensTable;
  mfa_factors: MfaFactorsTable;
  mfa_amr_claims: MfaAmrClaimsTable;
  audit_log_entries: AuditLogEntriesTable;
}

export type Db = Kysely<AuthDatabase>;
export type Trx = Transaction<AuthDatabase>;
export type User = Selectable<UsersTable>;
export type Identity = Selectable<IdentitiesTable>;
export type Session = Selectable<SessionsTable>;

/**
 * Opens the pool of the Auth server. Each connection acts as `supabase_auth_admin` with that role's search_path, so a
 * trigger on `auth.users` runs with exactly the rights and the names it meets on a Supabase project.
 */
export function openAuthDatabase(databaseUrl: string, onError: (error: unknown) => void): Db {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 5_000,
    application_name: "turnpike-local-auth",
    options: "-c role=supabase_auth_admin -c search_path=auth -c timezone=UTC -c statement_timeout=15000",
  });
  // An idle connection lost (database restarted) is replaced at the next query; unheard it would end the process.
  // A pool that is closing does not wait for its connections, and may hear of the database's own end.
  pool.on("error", (error) => (pool.ending ? undefined : onError(error)));
  return new Kysely<AuthDatabase>({ dialect: new PostgresDialect({ pool }) });
}
