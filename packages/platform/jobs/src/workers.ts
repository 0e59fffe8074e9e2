import type { Job as BossJob, JobResult, WorkOptions } from "pg-boss";
import type { Ctx, Listener, Module } from "@turnpike/core";
import { listenerQueue } from "@turnpike/core";
import type { Jobs } from "./boss.ts";
import { scheduleQueue } from "./queues.ts";
import { runListener } from "./run-listener.ts";

/** Makes the context of one job; `job` names the system actor. */
export type CtxOfJob = (job: string) => Ctx;

// NOTIFY wakes a worker at once; polling only finds what a lost notification left, and retries that came due.
const options = {
  perJobResults: true,
  batchSize: 20,
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 2,
  burstWhenBatchFull: true,
} satisfies WorkOptions;

/** Starts the workers of every module: jobs, durable listeners, schedules. */
export async function startWorkers({ boss }: Jobs, modules: readonly Module[], ctxOf: CtxOfJob): Promise<void> {
  for (const module of modules) {
    for (const job of module.jobs ?? []) {
      const jobOptions = { ...options, batchSize: job.batchSize, localConcurrency: job.workers };
      await boss.work<object, unknown, typeof jobOptions>(job.queue, jobOptions, (batch) =>
        runBatch(
          batch,
          () => ctxOf(job.queue),
          ({ data }, ctx) => job.handle(ctx, job.schema.parse(data)),
        ),
      );
    }
    for (const listener of module.listeners ?? []) await workListener({ boss }, module, listener, ctxOf);
    for (const schedule of module.schedules ?? []) {
      const queue = scheduleQueue(module, schedule.name);
      await boss.work<object, unknown, typeof options>(queue, { ...options, batchSize: 1 }, (batch) =>
        runBatch(
          batch,
          () => ctxOf(queue),
          (_job, ctx) => schedule.handle(ctx),
        ),
      );
      await boss.schedule(queue, schedule.cron, null, { tz: "UTC" });
    }
  }
}

async function workListener(
  { boss }: Pick<Jobs, "boss">,
  module: Module,
  listener: Listener,
  ctxOf: CtxOfJob,
): Promise<void> {
  const queue = listenerQueue(module, listener);
  await boss.work<{ eventId: string }, unknown, typeof options>(queue, options, (batch) =>
    runBatch(
      batch,
      () => ctxOf(queue),
      ({ data }, ctx) => runListener(ctx, queue, listener, data.eventId),
    ),
  );
}

/** Runs the jobs of one fetch at once, each with a context of its own, and settles each by its own outcome. */
async function runBatch<T>(
  batch: BossJob<T>[],
  newCtx: () => Ctx,
  run: (job: BossJob<T>, ctx: Ctx) => Promise<void>,
): Promise<JobResult[]> {
  return Promise.all(
    batch.map(async (job): Promise<JobResult> => {
      const ctx = newCtx();
      try {
        await run(job, ctx);
        return { id: job.id, status: "completed" };
      } catch (error) {
        ctx.log.warn("jobs.failed", { queue: job.name, jobId: job.id, error });
        return { id: job.id, status: "failed", output: failure(error) };
      }
    }),
  );
}

/** What a dead letter keeps of a failure: enough to find the cause, never an input. */
function failure(error: unknown): { name: string; message: string; stack: string | undefined } {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}
