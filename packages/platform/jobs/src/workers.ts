import type { Job as BossJob, JobResult, WorkOptions } from "pg-boss";
import type { Ctx, Listener, Module } from "@turnpike/core";
import { listenerQueue } from "@turnpike/core";
import type { Jobs } from "./boss.ts";
import { scheduleQueue } from "./queues.ts";
import { runListener } from "./run-listener.ts";

/** What each log line of a job's run carries. `eventId` is the domain event that a listener runs for. */
export interface JobFields extends Record<string, unknown> {
  queue: string;
  jobId: string;
  eventId?: string;
}

/** Makes the context of one job; `job` names the system actor. */
export type CtxOfJob = (job: string, fields: JobFields) => Ctx;

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
        runBatch(batch, ctxOf, ({ data }, ctx) => job.handle(ctx, job.schema.parse(data))),
      );
    }
    for (const listener of module.listeners ?? []) await workListener({ boss }, module, listener, ctxOf);
    for (const schedule of module.schedules ?? []) {
      const queue = scheduleQueue(module, schedule.name);
      await boss.work<object, unknown, typeof options>(queue, { ...options, batchSize: 1 }, (batch) =>
        runBatch(batch, ctxOf, (_job, ctx) => schedule.handle(ctx)),
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
    runBatch(batch, ctxOf, ({ data }, ctx) => runListener(ctx, queue, listener, data.eventId)),
  );
}

/** Runs the jobs of one fetch at once, each with a context of its own, and settles each by its own outcome. */
async function runBatch<T>(
  batch: BossJob<T>[],
  ctxOf: CtxOfJob,
  run: (job: BossJob<T>, ctx: Ctx) => Promise<void>,
): Promise<JobResult[]> {
  return Promise.all(
    batch.map(async (job): Promise<JobResult> => {
      const ctx = ctxOf(job.name, fieldsOf(job));
      const startedAt = performance.now();
      const end = (outcome: "ok" | "failed") =>
        ctx.metrics.ran({ queue: job.name, outcome, durationMs: performance.now() - startedAt });
      try {
        await run(job, ctx);
        end("ok");
        return { id: job.id, status: "completed" };
      } catch (error) {
        end("failed");
        ctx.log.warn("jobs.failed", { error });
        return { id: job.id, status: "failed", output: failure(error) };
      }
    }),
  );
}

function fieldsOf({ name, id, data }: BossJob<unknown>): JobFields {
  const fields = { queue: name, jobId: id };
  if (typeof data !== "object" || data === null || !("eventId" in data)) return fields;
  return typeof data.eventId === "string" ? { ...fields, eventId: data.eventId } : fields;
}

/** What a dead letter keeps of a failure: enough to find the cause, never an input. */
function failure(error: unknown): { name: string; message: string; stack: string | undefined } {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}
