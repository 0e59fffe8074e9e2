import type { Selectable, Transaction } from "kysely";
import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

export type Db = Tx["db"];
type Tables = Db extends Transaction<infer T> ? T : never;

/** A stored event. */
export type InboxRow = Selectable<Tables["private.webhook_inbox"]>;

/** The database's wall clock: one for all instances, and not the start of the transaction: a transaction may have waited for a lock. */
export const wallClock = sql<Date>`clock_timestamp()`;

/** What an event is stored as. */
export type NewEvent = Pick<
  InboxRow,
  | "id"
  | "provider"
  | "event_id"
  | "type"
  | "api_version"
  | "is_live"
  | "event_created_at"
  | "subject"
  | "body"
  | "status"
>;

/**
 * Stores events and returns the ids of those that were not there already. Ten parameters a row: PostgreSQL takes 65 535
 * in one statement.
 */
export async function insertEvents(db: Db, events: readonly NewEvent[]): Promise<ReadonlySet<string>> {
  const inserted = await db
    .insertInto("private.webhook_inbox")
    .values(events)
    .onConflict((conflict) => conflict.columns(["provider", "event_id"]).doNothing())
    .returning("id")
    .execute();
  return new Set(inserted.map(({ id }) => id));
}

/** Subjects with events due for more than `graceSec` seconds that nobody works on, those of the longest waiting first. */
export async function listStrandedSubjects(db: Db, graceSec: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("private.webhook_inbox as inbox")
    .leftJoin("private.webhook_leases as lease", (join) =>
      join.onRef("lease.subject", "=", "inbox.subject").on("lease.expires_at", ">", wallClock),
    )
    .select("inbox.subject")
    .where("inbox.status", "=", "pending")
    .where("inbox.due_at", "<", sql<Date>`clock_timestamp() - make_interval(secs => ${graceSec})`)
    .where("lease.subject", "is", null)
    .groupBy("inbox.subject")
    .orderBy((eb) => eb.fn.min("inbox.due_at"))
    .limit(limit)
    .execute();
  return rows.map((row) => row.subject);
}

/** Subjects with due events, those of the longest waiting first, and when the lease on them runs out; null when it is free. */
export async function listWaitingSubjects(
  db: Db,
  limit: number,
): Promise<{ subject: string; heldUntil: Date | null }[]> {
  const rows = await db
    .selectFrom("private.webhook_inbox as inbox")
    .leftJoin("private.webhook_leases as lease", (join) =>
      join.onRef("lease.subject", "=", "inbox.subject").on("lease.expires_at", ">", wallClock),
    )
    .select((eb) => ["inbox.subject", "lease.expires_at", eb.fn.min("inbox.due_at").as("due_at")])
    .where("inbox.status", "=", "pending")
    .where("inbox.due_at", "<=", wallClock)
    .groupBy(["inbox.subject", "lease.expires_at"])
    .orderBy("due_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ subject: row.subject, heldUntil: row.expires_at }));
}

/** Forgets leases that ran out more than `ageSec` seconds ago. */
export async function deleteOldLeases(db: Db, ageSec: number): Promise<void> {
  await db
    .deleteFrom("private.webhook_leases")
    .where("expires_at", "<", sql<Date>`clock_timestamp() - make_interval(secs => ${ageSec})`)
    .execute();
}
