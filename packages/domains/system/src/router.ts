import { z } from "zod";
import { operatorProcedure, router } from "@turnpike/core";
import { DeadLetterId, DeadLetterPage, ListDeadLettersInput, ModuleInfo, QueueInfo, Retried } from "./models.ts";
import { listDeadLetters, retryDeadLetter } from "./service/dead-letters.ts";
import { listModules } from "./service/list-modules.ts";

/** Procedures of `system`. */
export const systemRouter = router({
  /** What the server is made of. */
  modules: router({
    /** Every module with its procedures, errors, events, listeners, jobs and schedules, and whether it is switched off. */
    list: operatorProcedure.output(z.array(ModuleInfo)).query(({ ctx }) => listModules(ctx)),
  }),

  /** Durable jobs. */
  jobs: router({
    /** Every queue with what waits, runs and has failed. */
    stats: operatorProcedure.output(z.array(QueueInfo)).query(({ ctx }) => ctx.jobs.stats()),
  }),

  /** Jobs that failed for good. Webhook events that did are in `webhooks.inbox.list` with the status `dead`. */
  deadLetters: router({
    /** Dead letters, oldest first. */
    list: operatorProcedure
      .input(ListDeadLettersInput)
      .output(DeadLetterPage)
      .query(({ ctx, input }) => listDeadLetters(ctx, input)),
    /** Sends a dead letter back to its queue. Errors: system.dead_letter_not_found. */
    retry: operatorProcedure
      .input(DeadLetterId)
      .output(Retried)
      .mutation(({ ctx, input }) => retryDeadLetter(ctx, input)),
  }),
});
