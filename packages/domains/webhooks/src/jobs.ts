import { z } from "zod";
import { defineJob } from "@turnpike/core";
import type { Job } from "@turnpike/core";
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
