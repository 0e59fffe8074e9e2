import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "@turnpike/core";
import type { Job, JobsPort } from "@turnpike/core";
import { processSubject } from "./service/process-subject.ts";
import { createTurns } from "./turns.ts";
import type { Turns } from "./turns.ts";

const Subject = z.object({ subject: z.string() });

/** Works off the pending events of one subject. One job per event; whichever comes first takes them all. */
export const processJob: Job<z.output<typeof Subject>> = defineJob({
  queue: "webhooks.process",
  schema: Subject,
  batchSize: 20,
  // A customer whose objects are slow to read holds up one batch, not everybody's events.
  workers: 3,
  handle: (ctx, { subject }) => {
    const turns = turnsOf(ctx.jobs);
    const onRateLimit = (): void => turns.slowDown();
    return turns.run(subject, () => processSubject(ctx, { subject, job: processJob, onRateLimit }));
  },
});

// Four readings each at Stripe, which takes a hundred in a second and answers in some tenths of one.
const subjectsAtOnce = 24;
const pauseMs = 1000;
const turnsOfProcess = new WeakMap<JobsPort, Turns>();

/** The turns of one process. Each has one port to its jobs; a test has several processes in one. */
function turnsOf(jobs: JobsPort): Turns {
  const known = turnsOfProcess.get(jobs);
  if (known) return known;
  const turns = createTurns({ atOnce: subjectsAtOnce, pauseMs, pause });
  turnsOfProcess.set(jobs, turns);
  return turns;
}
