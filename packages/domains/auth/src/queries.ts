import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

/** What there is to know of a session besides its token. */
export interface SessionState {
  isLive: boolean;
  hasSecondFactor: boolean;
  isOperator: boolean;
}

/** The state of a session; all false for one that is not. For the service role. */
export async function getSessionState(
  db: Tx["db"],
  params: { sessionId: string; userId: string },
): Promise<SessionState> {
  const { rows } = await sql<SessionState>`
    select is_live as "isLive", has_second_factor as "hasSecondFactor", is_operator as "isOperator"
    from private.session_state(${params.sessionId}::uuid, ${params.userId}::uuid)`.execute(db);
  return rows[0] ?? { isLive: false, hasSecondFactor: false, isOperator: false };
}

/** A session as its token describes it. */
interface SessionClaims {
  sessionId: string;
  userId: string;
  aal: "aal1" | "aal2";
}

/** The ids of those sessions that do not count (any more), or wait for their second factor. For the service role. */
export async function listEndedSessionIds(db: Tx["db"], sessions: readonly SessionClaims[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select claimed."sessionId" as id
    from jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb) as claimed ("sessionId" uuid, "userId" uuid, aal text)
    cross join lateral private.session_state(claimed."sessionId", claimed."userId") as state
    where not state.is_live or (state.has_second_factor and claimed.aal <> 'aal2')`.execute(db);
  return rows.map(({ id }) => id);
}

/** The ids of a user's sessions. For the service role. */
export async function listSessionIds(db: Tx["db"], userId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from private.session_ids(${userId}::uuid) as id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whether a reset by this token needs a second factor. For the service role. */
export async function resetNeedsSecondFactor(db: Tx["db"], tokenHash: string): Promise<boolean> {
  const { rows } = await sql<{ needed: boolean }>`
    select private.reset_needs_second_factor(${tokenHash}) as needed`.execute(db);
  return rows[0]?.needed ?? false;
}

/** A person's profile. */
export function findProfile(db: Tx["db"], userId: string): Promise<{ fullName: string; createdAt: Date } | undefined> {
  return db
    .selectFrom("profiles")
    .select(["full_name as fullName", "created_at as createdAt"])
    .where("id", "=", userId)
    .executeTakeFirst();
}

/** A user as operators' scripts see one. */
export interface FoundUser {
  id: string;
  emailConfirmedAt: Date | null;
}

/** The user of an address. For the service role. */
export async function findUser(db: Tx["db"], email: string): Promise<FoundUser | undefined> {
  const { rows } = await sql<FoundUser>`
    select id, email_confirmed_at as "emailConfirmedAt" from private.find_user(${email})`.execute(db);
  return rows[0];
}

/** Makes a user an operator; false when they were one already. For the service role. */
export async function makeOperator(db: Tx["db"], userId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("profiles")
    .set({ is_admin: true })
    .where("id", "=", userId)
    .where("is_admin", "=", false)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
