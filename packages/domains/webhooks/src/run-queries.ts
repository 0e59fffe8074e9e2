import { sql } from "kysely";
import { wallClock } from "./queries.ts";
import type { Db, InboxRow } from "./queries.ts";

/** One failed attempt of an event: its counts with this one included. */
export interface FailedAttempt {
  id: string;
  attempts: number;
  faults: number;
  error: string;
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

/** The due events of a subject, oldest first; `listedAt` is a moment after the newest of them was committed. */
export function listDue(db: Db, subject: string, limit: number): Promise<(InboxRow & { listed_at: Date })[]> {
  return dueOf(db, subject)
    .selectAll()
    .select(wallClock.as("listed_at"))
    .orderBy("event_created_at")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Whether a subject has due events. */
export async function hasDue(db: Db, subject: string): Promise<boolean> {
  return (await dueOf(db, subject).select("id").limit(1).executeTakeFirst()) !== undefined;
}

/**
 * Ends a run under the lock of its lease: closes its events as `done`, or `ignored` where nobody wanted them, and gives
 * the lease back. Says whether more are due: what is stored later finds the lease free.
 */
export async function closeRun(
  db: Db,
  run: { subject: string; ids: readonly string[]; unwantedIds: readonly string[] },
): Promise<boolean> {
  const ids = sql`${[...run.ids]}::uuid[]`;
  const { rows } = await sql<{ has_more: boolean }>`
    with closed as (
      update private.webhook_inbox set
        status = case when id = any (${[...run.unwantedIds]}::uuid[]) then 'ignored' else 'done' end,
        attempts = attempts + 1, last_error = null, processed_at = clock_timestamp()
      where id = any (${ids}) and status = 'pending'
    ),
    released as (
      update private.webhook_leases set expires_at = clock_timestamp() where subject = ${run.subject}
    )
    select exists (
      select from private.webhook_inbox
      where subject = ${run.subject} and status = 'pending' and due_at <= clock_timestamp() and id <> all (${ids})
    ) as has_more`.execute(db);
  return rows[0]?.has_more === true;
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
