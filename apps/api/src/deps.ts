import { findEndedCallers } from "@turnpike/auth";
import type { Deps, Env, Log, Module } from "@turnpike/core";
import { configOf, noMetrics } from "@turnpike/core";
import { databasePort } from "@turnpike/database";
import type { Jobs } from "@turnpike/jobs";
import { startJobs } from "@turnpike/jobs";
import { findOrganization } from "@turnpike/organizations";
import { createClock } from "./clock.ts";
import { createMeter } from "./metrics/meter.ts";
import type { Meter } from "./metrics/meter.ts";
import { openPools } from "./pools.ts";
import type { Pools } from "./pools.ts";
import type { Providers } from "./providers.ts";
import { createProviders } from "./providers.ts";
import { releaseVersion } from "./release.ts";
import { createStripeClient } from "./stripe-client.ts";
import { createSupabaseClients } from "./supabase-clients.ts";

/** Everything that a process holds open, and how it lets go of it. */
export interface OpenDeps {
  deps: Deps;
  jobs: Jobs;
  redisStatus: Providers["redisStatus"];
  poolStats: Pools["stats"];
  /** Where `METRICS_TOKEN` says that somebody looks. */
  meter: Meter | undefined;
  /** Gives jobs `drainMs` to finish, where they have not been stopped before, then closes the rest, whatever of it fails. */
  close(drainMs: number): Promise<void>;
}

/** What domains know of callers, for all the others. */
const callers = { findOrganization, findEndedCallers };

/**
 * Builds what every context needs from the environment: the only place that constructs vendors' clients. Where a part of it
 * fails, what was open is closed.
 */
export async function openDeps(env: Env, modules: readonly Module[], log: Log): Promise<OpenDeps> {
  await using opened = new AsyncDisposableStack();
  const pools = openPools(env, log);
  opened.defer(() => pools.close());
  const { redisStatus, close: closeProviders, ...providers } = await createProviders(env, log);
  opened.defer(closeProviders);
  const listenUrl = env.DATABASE_DIRECT_URL ?? env.DATABASE_URL;
  const isWorker = env.ROLE !== "web";
  const jobs = await startJobs({ database: pools.jobsDatabase, listenUrl, modules, log, isWorker });
  const drain = { ms: 0 };
  opened.defer(() => jobs.stop(drain.ms));
  const clock = await createClock(env, log);
  opened.defer(() => clock.close());
  const meter = openMeter(env, modules);
  const deps: Deps = {
    ...providers,
    config: configOf(env),
    database: databasePort(pools.database.db),
    jobs: jobs.port,
    stripe: createStripeClient(env),
    supabase: createSupabaseClients(env),
    clock,
    log,
    metrics: meter ?? noMetrics,
    modules,
    ...callers,
  };
  const held = opened.move();
  return {
    deps,
    jobs,
    redisStatus,
    poolStats: () => pools.stats(),
    meter,
    async close(drainMs) {
      drain.ms = drainMs;
      await held.disposeAsync();
    },
  };
}

function openMeter(env: Pick<Env, "METRICS_TOKEN" | "ROLE">, modules: readonly Module[]): Meter | undefined {
  if (env.METRICS_TOKEN === undefined) return undefined;
  const counters = modules.flatMap(({ metrics }) => metrics?.counters ?? []);
  return createMeter(counters, { version: releaseVersion(), role: env.ROLE });
}
