import { sql } from "kysely";
import type { Kysely } from "kysely";
import Stripe from "stripe";
import type { Actor, AppConfig, Ctx, Deps, Module, RequestInfo } from "@turnpike/core";
import { createCtx, newId, noMetrics } from "@turnpike/core";
import type { DB } from "@turnpike/core";
import { databasePort, openDatabase } from "@turnpike/database";
import type { CtxOfJob, Jobs } from "@turnpike/jobs";
import { startJobs, startWorkers } from "@turnpike/jobs";
import { createMemoryBus, createMemoryCache, createMemoryRateLimiter } from "@turnpike/providers";
import { noSupabase } from "./no-supabase.ts";
import { startSystemPgbouncer } from "./system-pgbouncer.ts";
import { createTestClock } from "./test-clock.ts";
import type { TestClock } from "./test-clock.ts";
import { createTestDatabase } from "./test-database.ts";
import type { TestDatabase } from "./test-database.ts";
import { createTestLog } from "./test-log.ts";
import type { TestLog } from "./test-log.ts";
import type { NewUser, TestUser } from "./test-user.ts";
import { createTestUser } from "./test-user.ts";
import { untilBlocked } from "./until-blocked.ts";
import { untilIdle } from "./until-idle.ts";

/** What a test may set; everything else is the real thing with memory providers. */
export interface TestAppOptions {
  modules: readonly Module[];
  findOrganization?: Deps["findOrganization"];
  /** Nobody's time is ever over without it. */
  findEndedCallers?: Deps["findEndedCallers"];
  config?: Partial<AppConfig>;
  /** A client of a local Stripe. Without one every call fails to connect. */
  stripe?: Stripe;
  /** Clients of a local Supabase. Without them every call fails. */
  supabase?: Deps["supabase"];
  /** Whether everything but LISTEN goes through a pgbouncer in transaction mode, of two connections. Needs `hasSystemPgbouncer`. */
  isPooled?: boolean;
  /** Whether jobs, listeners and schedules run. Default false: jobs are only inserted. */
  runWorkers?: boolean;
}

/** The platform in one process, on a database of its own. */
export interface TestApp {
  deps: Deps;
  database: TestDatabase;
  /** Queries as the superuser, past row level security: for setting scenes and looking at results. */
  owner: Kysely<DB>;
  jobs: Jobs;
  clock: TestClock;
  log: TestLog;
  ctxOf(actor: Actor, request?: Partial<RequestInfo>): Ctx;
  /** A person with a live session and a personal organization, made in SQL. */
  createUser(user?: NewUser): Promise<TestUser>;
  /** The database's clock. */
  databaseNow(): Promise<Date>;
  /** Resolves when no job is queued or running. Needs `runWorkers`. */
  jobsIdle(): Promise<void>;
  /** Resolves when a transaction waits for another one's lock. */
  lockAwaited(): Promise<void>;
  close(): Promise<void>;
}

const defaultConfig: AppConfig = {
  apiUrl: "http://api.test",
  frontendUrl: "http://app.test",
  allowedOrigins: ["http://app.test"],
  paymentGraceDays: 7,
  stripeWebhookSecrets: ["whsec_test"],
  isStripeLive: false,
  modulesDisabled: [],
};

/** Builds the platform for one test file. Close it at the end. */
export async function createTestApp(options: TestAppOptions): Promise<TestApp> {
  const database = await createTestDatabase();
  const { directUrl } = database;
  const pooler = options.isPooled ? await startSystemPgbouncer({ databaseUrl: directUrl, poolSize: 2 }) : undefined;
  const api = openDatabase({ url: pooler?.url ?? database.apiUrl, max: 20 });
  const owner = openDatabase({ url: database.ownerUrl, max: 5 });
  const log = createTestLog();
  const clock = createTestClock();
  const isWorker = options.runWorkers ?? false;
  const { modules } = options;
  const jobs = await startJobs({ database: api, listenUrl: directUrl, modules, log, isWorker });
  const deps = { ...depsOf(options, log), database: databasePort(api.db), jobs: jobs.port, clock, log };
  const ctxOf: TestApp["ctxOf"] = (actor, request) => createCtx(deps, actor, { requestId: newId(), ...request });
  const ctxOfJob: CtxOfJob = (job, fields) =>
    createCtx({ ...deps, log: log.child(fields) }, { type: "system", job }, { requestId: newId() });
  if (isWorker) await startWorkers(jobs, modules, ctxOfJob);
  const close = async (): Promise<void> => {
    await jobs.stop(0);
    await Promise.all([api.close(), owner.close()]);
    await pooler?.stop();
    await database.drop();
  };
  const createUser = (user?: NewUser): Promise<TestUser> => createTestUser(owner.db, user);
  return {
    deps,
    database,
    owner: owner.db,
    jobs,
    clock,
    log,
    ctxOf,
    createUser,
    databaseNow: async () =>
      (await sql<{ now: Date }>`select clock_timestamp() as now`.execute(owner.db)).rows[0]?.now ?? new Date(),
    jobsIdle: () => untilIdle(owner.db),
    lockAwaited: () => untilBlocked(owner.db),
    close,
  };
}

function depsOf(options: TestAppOptions, log: TestLog): Omit<Deps, "database" | "jobs" | "clock" | "log"> {
  return {
    config: { ...defaultConfig, ...options.config },
    bus: createMemoryBus((error) => log.error("bus.subscriber_failed", { error })),
    cache: createMemoryCache(),
    rateLimit: createMemoryRateLimiter(),
    stripe:
      options.stripe ??
      new Stripe("sk_test_nobody", { host: "127.0.0.1", port: 9, protocol: "http", maxNetworkRetries: 0 }),
    supabase: options.supabase ?? noSupabase,
    metrics: noMetrics,
    modules: options.modules,
    findOrganization: options.findOrganization ?? (async () => null),
    findEndedCallers: options.findEndedCallers ?? (async () => new Map()),
  };
}
