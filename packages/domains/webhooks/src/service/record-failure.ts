import type { Ctx, Tx } from "@turnpike/core";
import { events } from "../events.ts";
import { failureKindOf } from "../failure-kind.ts";
import { priorities } from "../priority.ts";
import type { InboxRow } from "../queries.ts";
import { retryDelaySec } from "../retry-rule.ts";
import { RowsFailedError } from "../rows-failed-error.ts";
import { buryEvent, hasDue, lockLease, postponeEvent, releaseLease } from "../run-queries.ts";
import type { FailedAttempt } from "../run-queries.ts";
import type { Run, SubjectJob } from "./run.ts";

const maxErrorLength = 500;

interface Failure {
  run: Run;
  error: unknown;
  job: SubjectJob;
}

/**
 * Notes a failed run and decides when its events are tried again. Returns whether other events are due now.
 *
 * A fault puts off only the events that named the object which failed, so that one bad event does not hold up the
 * others of its customer; this is safe because events are worked off by the present state of their objects, in any
 * order. An outage is nobody's fault and puts off the whole run. The next try is a job of its own at the time the
 * events are due, and not a retry of the present job: a customer's events share one run whichever of their jobs
 * started it, so each of those jobs retrying by itself would use up the attempts within seconds.
 */
export async function recordFailure(ctx: Ctx, { run, error, job }: Failure): Promise<boolean> {
  const cause = error instanceof RowsFailedError ? error.cause : error;
  const isFault = failureKindOf(cause) === "fault";
  const blamed = isFault && error instanceof RowsFailedError ? error.rowIds : run.rows.map(({ id }) => id);
  const failed = run.rows.filter(({ id }) => blamed.includes(id));
  ctx.log.warn("webhooks.run_failed", { subject: run.subject, isFault, events: failed.length, error: cause });
  return ctx.tx(async (tx) => {
    // Whoever has taken over notes its own failures.
    if (!(await lockLease(tx.db, run.subject, run.ticket))) return false;
    const random = Math.random();
    const dueTimes = new Set<number>();
    for (const row of failed) {
      const dueAt = await settle(tx, row, { isFault, error: describe(cause), random });
      if (dueAt) dueTimes.add(dueAt.getTime());
    }
    for (const dueAt of dueTimes) {
      await tx.enqueue(job, { subject: run.subject }, { startAfter: new Date(dueAt), priority: priorities.caused });
    }
    const hasMore = await hasDue(tx.db, run.subject);
    await releaseLease(tx.db, run.subject);
    // In an outage the rest would fare no better: the job that comes back takes it along.
    return isFault && hasMore;
  });
}

/** Puts one event off, or lays it in the dead letter. Returns when it is due again. */
async function settle(
  tx: Tx,
  row: InboxRow,
  failure: { isFault: boolean; error: string; random: number },
): Promise<Date | undefined> {
  const attempt: FailedAttempt = {
    id: row.id,
    attempts: row.attempts + 1,
    faults: row.faults + (failure.isFault ? 1 : 0),
    error: failure.error,
  };
  const delaySec = retryDelaySec(attempt, failure.random);
  if (delaySec !== null) return postponeEvent(tx.db, { ...attempt, delaySec });
  await buryEvent(tx.db, attempt);
  await tx.emit(events.event_dead_lettered, {
    inboxId: row.id,
    eventId: row.event_id,
    type: row.type,
    subject: row.subject,
    reason: failure.error,
  });
  return undefined;
}

/** What operators read: the kind of the first cause and its message, never a stack. A NUL would not fit the column. */
function describe(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return describe(error.cause);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll("\0", "").slice(0, maxErrorLength);
}
