import type { Deps, Gauges } from "@turnpike/core";
import type { Readiness } from "../health/readiness.ts";
import type { Pools } from "../pools.ts";
import { systemCtx } from "../worker.ts";
import type { Meter } from "./meter.ts";

/** What a process has to show besides what it counts. */
export interface Watched {
  deps: Deps;
  jobs: { gauges: Gauges<void> };
  poolStats: Pools["stats"];
  readiness: () => Promise<Readiness>;
}

/** Adds the gauges of the process, of jobs and of every module. */
export function watchProcess(meter: Meter, { deps, jobs, poolStats, readiness }: Watched): void {
  meter.watch(poolGauges(poolStats));
  meter.watch(dependencyGauges(readiness));
  meter.watch(jobs.gauges);
  for (const { name, metrics } of deps.modules) {
    for (const gauges of metrics?.gauges ?? [])
      meter.watch({ ...gauges, read: () => gauges.read(systemCtx(deps, `${name}.metrics`)) });
  }
}

function poolGauges(poolStats: Pools["stats"]): Gauges<void> {
  return {
    name: "pool",
    gauges: {
      turnpike_pool_connections: { help: "Connections to PostgreSQL by what they do.", labels: ["pool", "state"] },
      turnpike_pool_max_connections: { help: "The most that this process opens.", labels: ["pool"] },
      turnpike_pool_waiting: { help: "Transactions that wait for a connection.", labels: ["pool"] },
    },
    async read() {
      const pools = Object.entries(poolStats());
      return {
        turnpike_pool_connections: pools.flatMap(([pool, { open, idle }]) => [
          { labels: { pool, state: "idle" }, value: idle },
          { labels: { pool, state: "busy" }, value: open - idle },
        ]),
        turnpike_pool_max_connections: pools.map(([pool, { max }]) => ({ labels: { pool }, value: max })),
        turnpike_pool_waiting: pools.map(([pool, { waiting }]) => ({ labels: { pool }, value: waiting })),
      };
    },
  };
}

/** As `/readyz` says it, with the same memory: a scrape costs a vendor no more than a probe does. */
function dependencyGauges(readiness: () => Promise<Readiness>): Gauges<void> {
  const help = "1 while it is up, 0 while it is degraded or down; none where it is not used.";
  return {
    name: "dependencies",
    gauges: { turnpike_dependency_up: { help, labels: ["dependency"] } },
    async read() {
      const { database, jobs, redis, stripe } = await readiness();
      return {
        turnpike_dependency_up: Object.entries({ database, jobs, redis, stripe })
          .filter(([, state]) => state !== "off")
          .map(([dependency, state]) => ({ labels: { dependency }, value: state === "up" ? 1 : 0 })),
      };
    },
  };
}
