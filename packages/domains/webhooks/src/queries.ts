import type { Selectable, Transaction } from "kysely";
import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

export type Db = Tx["db"];
type Tables = Db extends Transaction<infer T> ? T : never;

/** A stored event. */
export type InboxRow = Selectable<Tables["private.webhook_inbox"]>;

/** One failed attempt of an event: its counts with this one included. */
export interface FailedAttempt {
  id: string;
  attempts: number;
  faults: number;
  error: string;
}

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

/**
 * Takes a subject's lease for `leaseSec` seconds and returns its ticket; undefined while somebody else holds it, or when
 * the subject has no due events: most jobs of a busy customer find nothing left and should write nothing.
 */
export async function takeLease(db: Db, subject: string, leaseSec: number): Promise<number | undefined> {
  const expiresAt = sql<Date>`clock_timestamp() + make_interval(secs => ${leaseSec})`;
  const row = await db
    .insertInto("private.webhook_leases")
    .columns(["subject", "ticket", "expires_at"])
    .expression(
      db
        .selectNoFrom([
          sql<string>`${subject}::text`.as("subject"),
          sql<number>`1::bigint`.as("ticket"),
          expiresAt.as("expires_at"),
        ])
        .where((eb) => eb.exists(dueOf(db, subject).select("id"))),
    )
    .onConflict((conflict) =>
      conflict
        .column("subject")
        .doUpdateSet({ ticket: sql<number>`webhook_leases.ticket + 1`, expires_at: expiresAt })
        .where(sql<boolean>`webhook_leases.expires_at <= ${wallClock}`),
    )
    .returning("ticket")
    .executeTakeFirst();
  return row?.ticket;
}

function dueOf(db: Db, subject: string) {
  return db
    .selectFrom("private.webhook_inbox")
    .where("subject", "=", subject)
    .where("status", "=", "pending")
    .where("due_at", "<=", wallClock);
}

/** Locks a lease until the end of the transaction. False when the ticket is not the last one given out: somebody else works on. */
export async function lockLease(db: Db, subject: string, ticket: number): Promise<boolean> {
  const row = await db
    .selectFrom("private.webhook_leases")
    .select("ticket")
    .where("subject", "=", subject)
    .forUpdate()
    .executeTakeFirst();
  return row?.ticket === ticket;
}

/** Gives a lease back. */
export async function releaseLease(db: Db, subject: string): Promise<void> {
  await db
    .updateTable("private.webhook_leases")
    .set({ expires_at: wallClock })
    .where("subject", "=", subject)
    .execute();
}

/** The due events of a subject, oldest first. */
export function listDue(db: Db, subject: string, limit: number): Promise<InboxRow[]> {
  return dueOf(db, subject).selectAll().orderBy("event_created_at").orderBy("id").limit(limit).execute();
}

/** Whether a subject has due events. */
export async function hasDue(db: Db, subject: string): Promise<boolean> {
  return (await dueOf(db, subject).select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** Closes events that were worked off or that nobody wanted. */
export async function closeEvents(db: Db, ids: readonly string[], status: "done" | "ignored"): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("private.webhook_inbox")
    .set((eb) => ({ status, attempts: eb("attempts", "+", 1), last_error: null, processed_at: wallClock }))
    .where("id", "in", ids)
    .where("status", "=", "pending")
    .execute();
}

/** Notes a failed attempt and puts the event off by `delaySec` seconds from the start of the transaction. Returns when it is due. */
export async function postponeEvent(db: Db, failure: FailedAttempt & { delaySec: number }): Promise<Date> {
  // Whole milliseconds: the job that comes back is scheduled by a Date, which has no more, and must not be early.
  const dueAt = sql<Date>`date_trunc('milliseconds', now() + make_interval(secs => ${failure.delaySec}))`;
  const row = await db
    .updateTable("private.webhook_inbox")
    .set({ attempts: failure.attempts, faults: failure.faults, last_error: failure.error, due_at: dueAt })
    .where("id", "=", failure.id)
    .returning("due_at")
    .executeTakeFirstOrThrow();
  return row.due_at;
}

/** Notes the last failed attempt: the event rests as `dead`. */
export async function buryEvent(db: Db, failure: FailedAttempt): Promise<void> {
  await db
    .updateTable("private.webhook_inbox")
    .set({
      status: "dead",
      attempts: failure.attempts,
      faults: failure.faults,
      last_error: failure.error,
      processed_at: wallClock,
    })
    .where("id", "=", failure.id)
    .execute();
}

/** Subjects with events due for more than `graceSec` seconds that nobody works on: what a crash left lying. */
export async function listStrandedSubjects(db: Db, graceSec: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("private.webhook_inbox as inbox")
    .leftJoin("private.webhook_leases as lease", (join) =>
      join.onRef("lease.subject", "=", "inbox.subject").on("lease.expires_at", ">", wallClock),
    )
    .select("inbox.subject")
    .distinct()
    .where("inbox.status", "=", "pending")
    .where("inbox.due_at", "<", sql<Date>`clock_timestamp() - make_interval(secs => ${graceSec})`)
    .where("lease.subject", "is", null)
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
