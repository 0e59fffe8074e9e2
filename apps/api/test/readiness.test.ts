import { expect, test } from "vitest";
import { DeadlineError } from "@turnpike/core";
import { createTestLog } from "@turnpike/testing";
import { createReadiness } from "../src/health/readiness.ts";
import type { Probes } from "../src/health/readiness.ts";

const well: Probes = {
  database: async () => ({ loginRole: "turnpike_api", isWritable: true }),
  databaseSilentMs: () => Infinity,
  jobs: () => "up",
  redis: async () => "off",
  stripe: async () => undefined,
};

/** Asks once, with some probes answering otherwise. */
function ask(probes: Partial<Probes>) {
  return createReadiness({ ...well, ...probes }, createTestLog())();
}

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const full = Object.assign(new Error("sorry, too many clients already"), { code: "53300" });
const refusedBy = (pooler: string, message: string) =>
  Object.assign(new Error(message), { code: pooler, severity: "FATAL" });
const isFull = { status: "ready", database: "degraded", jobs: "degraded" };
const away = { status: "unavailable", database: "down", jobs: "down" };
const late = new DeadlineError(2000);

test.each<[string, Error, number, object]>([
  ["pgbouncer takes no more clients", refusedBy("08P01", "no more connections allowed (max_client_conn)"), 1e5, isFull],
  ["Supavisor takes no more clients", refusedBy("XX000", "Max client connections reached"), 1e5, isFull],
  ["its session mode does not", refusedBy("XX000", "MaxClientsInSessionMode: max clients reached"), 1e5, isFull],
  ["a pooler has lost its server", refusedBy("08P01", "server login has been failing"), 100, away],
  ["a probe waits in vain while others are answered", late, 4999, isFull],
  ["a new connection waits in vain while others are answered", new Error("timeout expired"), 0, isFull],
  ["nobody is answered any more", late, 5000, away],
  ["a refusal follows an answer", refused, 0, away],
])("where %s, readiness tells a full database from one that is away", async (_name, error, silentMs, answer) => {
  const database = () => Promise.reject(error);
  expect(await ask({ database, databaseSilentMs: () => silentMs })).toMatchObject(answer);
});

test("a database that is down is told once, not for the jobs in it as well", async () => {
  const log = createTestLog();
  await createReadiness({ ...well, database: () => Promise.reject(refused) }, log)();
  expect(log.entries.map(({ fields }) => fields?.["what"])).toEqual(["database"]);
});

test.each<[string, Partial<Probes>, object]>([
  ["all is well", {}, { status: "ready", database: "up", jobs: "up", redis: "off", stripe: "up" }],
  [
    "the database is away",
    { database: () => Promise.reject(refused) },
    { status: "unavailable", database: "down", jobs: "down" },
  ],
  [
    "the database takes no more connections",
    { database: () => Promise.reject(full) },
    { status: "ready", database: "degraded", jobs: "degraded" },
  ],
  [
    "jobs cannot be put down",
    { database: async () => ({ loginRole: "turnpike_api", isWritable: false }) },
    { status: "unavailable", database: "up", jobs: "down" },
  ],
  ["no worker looks for jobs", { jobs: () => "down" }, { status: "unavailable", database: "up", jobs: "down" }],
  ["jobs are found by polling only", { jobs: () => "degraded" }, { status: "ready", jobs: "degraded" }],
  ["Redis is away", { redis: async () => "degraded" }, { status: "ready", redis: "degraded" }],
  ["asking Redis fails", { redis: () => Promise.reject(refused) }, { status: "ready", redis: "degraded" }],
  ["Stripe is away", { stripe: () => Promise.reject(refused) }, { status: "ready", stripe: "degraded" }],
])("where %s, readiness says so", async (_name, probes, answer) => {
  expect(await ask(probes)).toMatchObject(answer);
});

test("what gets worse is logged once with its cause, and that it is well again", async () => {
  const log = createTestLog();
  const state: { redis: "up" | "degraded" } = { redis: "up" };
  // Nothing is remembered of Redis for longer than a second of this clock.
  const clock = { ms: 0 };
  const readiness = createReadiness({ ...well, redis: async () => state.redis }, log, () => clock.ms);
  const after = async (redis: typeof state.redis): Promise<unknown> => {
    state.redis = redis;
    clock.ms += 1000;
    return readiness();
  };
  for (const redis of ["up", "degraded", "degraded", "up", "up"] as const) await after(redis);
  expect(log.entries).toEqual([
    { level: "warn", event: "health.changed", fields: { what: "redis", state: "degraded" } },
    { level: "info", event: "health.back", fields: { what: "redis" } },
  ]);
});

test("a vendor is asked no more than every thirty seconds", async () => {
  const clock = { ms: 0 };
  let asked = 0;
  const stripe = async (): Promise<void> => void (asked += 1);
  const readiness = createReadiness({ ...well, stripe }, createTestLog(), () => clock.ms);
  for (; clock.ms < 30_000; clock.ms += 500) await readiness();
  expect(asked).toBe(1);
  await readiness();
  expect(asked).toBe(2);
});
