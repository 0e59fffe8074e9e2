/** What breaks, and the suites that show what happens then. */
export interface FaultGroup {
  fault: string;
  /** Beginnings of paths, from the repository's root. */
  suites: readonly string[];
}

/** Every fault that is tried out for real. A new suite under `apps/api/test/faults` is named here to be run by `pnpm test:faults`. */
export const faultGroups: readonly FaultGroup[] = [
  {
    fault: "Redis is killed, restarted, frozen, full, locked, a replica, or no Redis at all",
    suites: [
      "apps/api/test/faults/redis-",
      "apps/api/test/redis.test.ts",
      "packages/platform/testing/test/providers/redis-faults.test.ts",
      "packages/platform/testing/test/providers/redis-refusals.test.ts",
    ],
  },
  {
    fault: "PostgreSQL is stopped, killed or silent, or cuts connections",
    suites: [
      "apps/api/test/faults/postgres-",
      "packages/domains/webhooks/test/database-down.test.ts",
      "packages/platform/testing/test/database/pool-faults.test.ts",
      "packages/platform/testing/test/jobs/wake-ups.test.ts",
    ],
  },
  { fault: "Every connection of the pool is taken", suites: ["apps/api/test/faults/pool-"] },
  { fault: "The pooler in front of PostgreSQL breaks", suites: ["apps/api/test/faults/pooler."] },
  {
    fault: "A process of ours is killed or replaced",
    suites: [
      "apps/api/test/cluster/",
      "apps/api/test/drain.test.ts",
      "apps/api/test/webhooks.test.ts",
      "packages/domains/webhooks/test/lease.test.ts",
      "packages/domains/webhooks/test/recovery.test.ts",
      "packages/platform/testing/test/jobs/hand-back.test.ts",
    ],
  },
  {
    fault: "The process that started the local PostgreSQL is killed",
    suites: ["packages/local/postgres/test/crash.test.ts"],
  },
];
