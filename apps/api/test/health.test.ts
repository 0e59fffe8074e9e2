import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { appRouter, modules, startServer } from "@turnpike/api";
import type { RunningServer } from "@turnpike/api";
import { readEnv, systemIdentity } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import { freePort } from "@turnpike/testing";
import type { Relay } from "./relay.ts";
import { startRelay } from "./relay.ts";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";
import type { StripeStub } from "./stripe-stub.ts";
import { startStripeStub } from "./stripe-stub.ts";

let parts: Parts;
let stripe: StripeStub;
let relay: Relay;
let server: RunningServer;
let owner: Database;
let variables: Record<string, string>;

beforeAll(async () => {
  [parts, stripe] = await Promise.all([startParts(), startStripeStub("never")]);
  const database = new URL(parts.variables["DATABASE_URL"] ?? "");
  relay = await startRelay(database);
  database.port = String(relay.port);
  variables = { ...parts.variables, DATABASE_URL: database.href, STRIPE_API_BASE: stripe.url };
  owner = openDatabase({ url: parts.ownerUrl });
  server = await startServer(readEnv(variables), modules, appRouter);
});
afterAll(async () => {
  relay.thaw();
  await server.stop(1000);
  await owner.close();
  await Promise.all([relay.close(), stripe.close(), parts.close()]);
});

/** Asks on a connection of its own, and says how long the answer took. */
async function ready(url = parts.url): Promise<{ status: number; body: unknown; ms: number }> {
  const startedAt = performance.now();
  const response = await fetch(new URL("/readyz", url));
  const body: unknown = await response.json();
  return { status: response.status, body, ms: performance.now() - startedAt };
}

const becomes = (status: number, body: object) =>
  vi.waitFor(async () => expect(await ready()).toMatchObject({ status, body }), { timeout: 15_000, interval: 100 });

test("Stripe that does not answer is shown as degraded, with 200, in less than three seconds", async () => {
  const { status, body, ms } = await ready();
  expect(status).toBe(200);
  expect(body).toEqual({
    status: "ready",
    database: "up",
    loginRole: "turnpike_api",
    jobs: "up",
    redis: "off",
    stripe: "degraded",
  });
  expect(ms).toBeLessThan(3000);
});

test("Stripe is asked once, however often readiness is", async () => {
  for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, () => ready()));
  expect(stripe.asked).toHaveLength(1);
});

test("PostgreSQL that hangs turns ready to 503, each answer in less than three seconds, and ready comes back with it", async () => {
  relay.freeze();
  await becomes(503, { status: "unavailable", database: "down", jobs: "down" });
  expect((await ready()).ms).toBeLessThan(3000);
  const alive = await fetch(new URL("/healthz", parts.url));
  expect(alive.status).toBe(200);
  relay.thaw();
  await becomes(200, { status: "ready", database: "up", jobs: "up" });
});

test("a pool whose connections are all at work is no outage", async () => {
  const { database } = server.deps;
  const rest = Promise.withResolvers<void>();
  const held = Array.from({ length: 12 }, () => database.transaction(systemIdentity, () => rest.promise));
  await vi.waitFor(async () => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and application_name = 'turnpike' and state = 'idle in transaction'`.execute(
      owner.db,
    );
    expect(rows.length).toBeGreaterThanOrEqual(8);
  });
  expect(await ready()).toMatchObject({ status: 200, body: { database: "up", jobs: "up" } });
  rest.resolve();
  await Promise.all(held);
});

test("jobs that cannot be enqueued turn ready to 503 while the database is up", async () => {
  await sql`alter schema pgboss rename to pgboss_gone`.execute(owner.db);
  await becomes(503, { status: "unavailable", database: "up", jobs: "down" });
  await sql`alter schema pgboss_gone rename to pgboss`.execute(owner.db);
  await becomes(200, { jobs: "up" });
});

test("a database that takes no more connections is degraded, and what is connected serves on", async () => {
  const name = sql.id(new URL(parts.ownerUrl).pathname.slice(1));
  await sql`alter database ${name} connection limit 1`.execute(owner.db);
  await becomes(200, { database: "degraded" });
  await sql`alter database ${name} connection limit -1`.execute(owner.db);
  await becomes(200, { database: "up", loginRole: "turnpike_api" });
});

test("a worker shows how it does on OPS_PORT and serves nothing else, and says when it drains", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const worker = await startServer(
    readEnv({ ...variables, ROLE: "worker", OPS_PORT: new URL(url).port, METRICS_TOKEN: "of-the-operators" }),
    modules,
    appRouter,
  );
  expect(await ready(url)).toMatchObject({ status: 200, body: { jobs: "up" } });
  const headers = { authorization: "Bearer of-the-operators" };
  expect((await fetch(new URL("/metrics", url), { headers })).status).toBe(200);
  for (const path of ["/", "/trpc/products.list", "/docs"]) expect((await fetch(new URL(path, url))).status).toBe(404);
  const stopped = worker.stop(1000);
  expect(await ready(url)).toMatchObject({ status: 503, body: { status: "draining" } });
  await stopped;
  await expect(ready(url)).rejects.toThrow("fetch failed");
});

test("without METRICS_TOKEN there is no /metrics", async () => {
  expect((await fetch(new URL("/metrics", parts.url))).status).toBe(404);
});
