import { z } from "zod";
import { defineJob } from "@turnpike/core";
import type { Ctx, Job, Schedule } from "@turnpike/core";
import { deleteOldLeases, listStrandedSubjects } from "./queries.ts";
import { processSubject } from "./service/process-subject.ts";

const Subject = z.object({ subject: z.string() });

/** Works off the pending events of one subject. One job per event; whichever comes first takes them all. */
export const processJob: Job<z.output<typeof Subject>> = defineJob({
  queue: "webhooks.process",
  schema: Subject,
  batchSize: 20,
  // A customer whose objects are slow to read holds up one batch, not everybody's events.
  workers: 3,
  handle: (ctx, { subject }) => processSubject(ctx, { subject, job: processJob }),
});

const graceSec = 60;
const maxSubjectsPerSweep = 500;
const leaseMemorySec = 24 * 60 * 60;

/** Gives events that a crash left lying a new job, and forgets leases of long ago. */
export async function sweepInbox(ctx: Ctx): Promise<void> {
  const subjects = await ctx.tx(async (tx) => {
    const stranded = await listStrandedSubjects(tx.db, graceSec, maxSubjectsPerSweep);
    for (const subject of stranded) await tx.enqueue(processJob, { subject });
    await deleteOldLeases(tx.db, leaseMemorySec);
    return stranded;
  });
  if (subjects.length > 0) ctx.log.warn("webhooks.swept", { subjects: subjects.length });
}

/** The sweep runs each minute. */
export const sweepSchedule: Schedule = { name: "sweep", cron: "* * * * *", handle: sweepInbox };
