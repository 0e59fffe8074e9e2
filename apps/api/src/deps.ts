import type { Deps, Env, Log, Module } from "@turnpike/core";
import { configOf, noMetrics } from "@turnpike/core";
import { databasePort, openDatabase } from "@turnpike/database";
import type { Jobs } from "@turnpike/jobs";
import { startJobs } from "@turnpike/jobs";
import { findOrganization } from "@turnpike/organizations";
import { createClock } from "./clock.ts";
import type { Providers } from "./providers.ts";
import { createProviders } from "./providers.ts";
import { createStripeClient } from "./stripe-client.ts";
import { createSupabaseClients } from "./supabase-clients.ts";

/** Everything that a process holds open, and how it lets go of it. */
export interface OpenDeps {
  deps: Deps;
  jobs: Jobs;
  redisStatus: Providers["redisStatus"];
  close(drainMs: number): Promise<void>;
}

/** Builds what every context needs from the environment: the only place that constructs vendors' clients. */
export async function openDeps(env: Env, modules: readonly Module[], log: Log): Promise<OpenDeps> {
  const { redisStatus, close: closeProviders, ...providers } = await createProviders(env, log);
  const database = openDatabase({
    url: env.DATABASE_URL,
    max: env.DATABASE_POOL_MAX,
    onError: (error) => log.warn("database.connection_lost", { error }),
  });
  const jobs = await startJobs({
    url: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
    modules,
    log,
    isWorker: env.ROLE !== "web",
  });
  const clock = await createClock(env, log);
  const deps: Deps = {
    ...providers,
    config: configOf(env),
    database: databasePort(database.db),
    jobs: jobs.port,
    stripe: createStripeClient(env),
    supabase: createSupabaseClients(env),
    clock,
    log,
    metrics: noMetrics,
    modules,
    findOrganization,
  };
  return {
    deps,
    jobs,
    redisStatus,
    async close(drainMs) {
      await jobs.stop(drainMs);
      clock.close();
      await closeProviders();
      await database.close();
    },
  };
}
