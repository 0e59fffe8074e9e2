import type { Ctx, Schedule } from "@turnpike/core";
import { processJob } from "./jobs.ts";
import { priorities } from "./priority.ts";
import { deleteOldLeases, listStrandedSubjects, listWaitingSubjects } from "./queries.ts";

const graceSec = 60;
const maxSubjects = 500;
const leaseMemorySec = 24 * 60 * 60;

/**
 * Gives events that a crash left lying a new job, and forgets leases of long ago. What waits so long behind others that
 * keep coming goes before what Stripe does by itself.
 */
export async function sweepInbox(ctx: Ctx): Promise<void> {
  const subjects = await ctx.tx(async (tx) => {
    const stranded = await listStrandedSubjects(tx.db, graceSec, maxSubjects);
    const jobs = stranded.map((subject) => ({ data: { subject }, priority: priorities.caused }));
    await tx.enqueueAll(processJob, jobs);
    await deleteOldLeases(tx.db, leaseMemorySec);
    return stranded;
  });
  if (subjects.length > 0) ctx.log.warn("webhooks.swept", { subjects: subjects.length });
}

/** The sweep runs each minute. */
export const sweepSchedule: Schedule = { name: "sweep", cron: "* * * * *", handle: sweepInbox };

/**
 * At a start, gives every subject that waits a job, at the latest when the lease of a killed holder runs out: the job
 * that was killed with its process counts as running until pg-boss misses its heartbeat. One job too many ends at once.
 */
export async function resumeInbox(ctx: Ctx): Promise<void> {
  await ctx.tx(async (tx) => {
    const waiting = await listWaitingSubjects(tx.db, maxSubjects);
    const jobs = waiting.map(({ subject, heldUntil }) => ({
      data: { subject },
      priority: priorities.caused,
      ...(heldUntil && { startAfter: justAfter(heldUntil) }),
    }));
    await tx.enqueueAll(processJob, jobs);
  });
}

/** A Date has no microseconds: the next millisecond is not before the lease runs out. */
function justAfter(time: Date): Date {
  return new Date(time.getTime() + 1);
}
