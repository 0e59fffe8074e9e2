import { fromKysely, PgBoss } from "pg-boss";
import type { Db } from "pg-boss";
import { coreErrors, isDatabaseDown } from "@turnpike/core";
import type { Gauges, JobsPort, Log, Module } from "@turnpike/core";
import { jobsHealth } from "./jobs-health.ts";
import type { JobsHealth } from "./jobs-health.ts";
import { deadLetterQueue, jobsSchema } from "./names.ts";
import { jobsGauges } from "./queue-load.ts";
import { queueStats } from "./queue-stats.ts";
import { jobQueues } from "./queues.ts";
import { WakeUps } from "./wake-ups.ts";
import type { SqlRunner } from "./wake-ups.ts";

/** A started pg-boss. Workers are added by `startWorkers`; without them it only enqueues. */
export interface Jobs {
  boss: PgBoss;
  port: JobsPort;
  /** How this process works on jobs. It asks nobody: whether they can be enqueued is for the database to say. */
  health(): JobsHealth;
  gauges: Gauges<void>;
  /** Ends the workers first: those in the middle of a job get `drainMs` to finish, then their jobs go back to the queue. */
  stop(drainMs?: number): Promise<void>;
}

interface JobsOptions {
  /** Where its statements run, as the API's login role. They keep nothing in a session, so a transaction pooler will do. */
  database: SqlRunner;
  /** A session connection for LISTEN, which a worker opens once and a web process never; the role does not matter. */
  listenUrl: string;
  modules: readonly Module[];
  log: Log;
  /** Whether this process runs jobs, schedules and upkeep, or only enqueues. */
  isWorker: boolean;
  /** How often a worker looks whether wake-ups arrive, in milliseconds. Default 30 000. */
  wakeUpCheckMs?: number;
}

/** Starts pg-boss against the schema that `migrateJobs` made, and declares the queues of the modules. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const wakeUps: WakeUps[] = [];
  const boss = new PgBoss({
    db: databaseOf(options, wakeUps),
    schema: jobsSchema,
    migrate: false,
    createSchema: false,
    supervise: options.isWorker,
    schedule: options.isWorker,
    useListenNotify: options.isWorker,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 30,
    // The API's login role owns nothing, so it could not rebuild an index.
    reindex: false,
  });
  boss.on("error", (error) => options.log[isDatabaseDown(error) ? "warn" : "error"]("jobs.error", { error }));
  boss.on("warning", (warning) => options.log.warn("jobs.warning", { message: warning.message }));
  try {
    await boss.start();
    await declareQueues(boss, options.modules);
  } catch (error) {
    // What stopped the start says more than what goes wrong on the way back.
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw error;
  }
  return {
    boss,
    port: jobsPort(boss),
    health: () => jobsHealth(boss, { isHeard: wakeUps.every(({ isHeard }) => isHeard) }),
    gauges: jobsGauges(boss, options.modules),
    stop: (drainMs = 10_000) => boss.stop({ graceful: true, timeout: drainMs }),
  };
}

function databaseOf({ database, listenUrl, log, wakeUpCheckMs }: JobsOptions, opened: WakeUps[]): Db {
  return {
    executeSql: (text, values) => database.query(text, values),
    async listen(channel, onNotification, onReconnect) {
      const options = { url: listenUrl, database, log, ...(wakeUpCheckMs && { checkEveryMs: wakeUpCheckMs }) };
      const wakeUps = new WakeUps(options, { channel, onNotification, onReconnect });
      opened.push(wakeUps);
      wakeUps.open();
      return wakeUps;
    },
  };
}

async function declareQueues(boss: PgBoss, modules: readonly Module[]): Promise<void> {
  await boss.createQueue(deadLetterQueue, { retentionSeconds: 60 * 60 * 24 * 365 });
  for (const { queue, retryLimit } of jobQueues(modules)) {
    const settings = {
      retryLimit,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 900,
      // What a killed process was at is tried again within a minute; without heartbeats that takes a quarter of an hour.
      heartbeatSeconds: 30,
      deadLetter: deadLetterQueue,
      notify: true,
    };
    await boss.createQueue(queue, settings);
    await boss.updateQueue(queue, settings);
  }
}

function jobsPort(boss: PgBoss): JobsPort {
  return {
    async enqueue(db, queue, jobs) {
      await boss.insert(queue, jobs, { db: fromKysely(db) });
    },
    stats: () => queueStats(boss),
    async listDeadLetters(limit, after) {
      if (after !== undefined && (await boss.findJobs(deadLetterQueue, { id: after })).length === 0) {
        throw coreErrors.invalid_input(undefined, {
          fieldIssues: [{ path: "cursor", message: "This page is gone. Start from the first one." }],
        });
      }
      const page = { queued: true, limit, ...(after !== undefined && { after }) };
      const jobs = await boss.findJobs<Record<string, unknown>>(deadLetterQueue, page);
      return jobs.map((job) => ({
        id: job.id,
        queue: job.sourceName ?? "",
        data: job.data,
        error: failureMessage(job.sourceOutput),
        createdAt: job.createdOn,
      }));
    },
    async retryDeadLetter(id) {
      return (await boss.redrive(deadLetterQueue, { ids: [id] })) > 0;
    },
  };
}

function failureMessage(output: object | null): string | null {
  return output !== null && "message" in output && typeof output.message === "string" ? output.message : null;
}
