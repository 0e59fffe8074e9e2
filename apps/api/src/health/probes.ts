import type { Deps, Env } from "@turnpike/core";
import { probeDatabase } from "@turnpike/database";
import { jobsTable } from "@turnpike/jobs";
import type { Jobs } from "@turnpike/jobs";
import type { Pools } from "../pools.ts";
import { probeStripe } from "./probe-stripe.ts";
import { probeTimeoutMs } from "./readiness.ts";
import type { Probes } from "./readiness.ts";

/** The probes of what a process has opened. */
export function createProbes(
  env: Pick<Env, "DATABASE_URL">,
  open: { deps: Pick<Deps, "stripe">; jobs: Jobs; redisStatus: Probes["redis"]; poolStats: Pools["stats"] },
): Probes {
  return {
    database: () => probeDatabase({ url: env.DATABASE_URL, timeoutMs: probeTimeoutMs.database, table: jobsTable }),
    databaseSilentMs: () => Math.min(...Object.values(open.poolStats()).map(({ silentMs }) => silentMs)),
    jobs: () => open.jobs.health(),
    redis: open.redisStatus,
    stripe: () => probeStripe(open.deps.stripe, probeTimeoutMs.stripe),
  };
}
