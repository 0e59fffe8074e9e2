import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { appRouter, startServer } from "@turnpike/api";
import type { RunningServer } from "@turnpike/api";
import type { Module } from "@turnpike/core";
import { createCtx, defineJob, defineModule, newId, readEnv } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import type { Database } from "@turnpike/database";
import { freePort } from "@turnpike/testing";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

let parts: Parts;
let owner: Database;
beforeAll(async () => {
  parts = await startParts();
  owner = openDatabase({ url: parts.ownerUrl });
});
afterAll(async () => {
  await owner.close();
  await parts.close();
});

/** A worker with these modules, and where its operators ask. */
async function startWorker(modules: readonly Module[]): Promise<{ starting: Promise<RunningServer>; ops: string }> {
  const port = String(await freePort());
  const env = readEnv({ ...parts.variables, ROLE: "worker", OPS_PORT: port });
  return { starting: startServer(env, modules, appRouter), ops: `http://127.0.0.1:${port}` };
}

async function ready(ops: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL("/readyz", ops));
  return { status: response.status, body: await response.json() };
}

/** The connections of processes under test, by name. */
async function connections(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select application_name as name from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name in ('turnpike', 'turnpike-jobs', 'turnpike-wake-ups')`.execute(
    owner.db,
  );
  return rows.map(({ name }) => name);
}

test("a script whose queues cannot be declared says why and ends", async () => {
  await sql`revoke insert on pgboss.queue from turnpike_api`.execute(owner.db);
  const script = join(import.meta.dirname, "../../../scripts/seed-demo-data.ts");
  const env = { ...process.env, ...parts.variables };
  const ended = promisify(execFile)(process.execPath, [script], { env, timeout: 40_000 });
  const failure: unknown = await ended.catch((error: unknown) => error);
  await sql`grant insert on pgboss.queue to turnpike_api`.execute(owner.db);
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(/permission denied/) });
});

test("a process that is starting says so to its operators, and is not ready", async () => {
  const fuel = Promise.withResolvers<void>();
  const { starting, ops } = await startWorker([defineModule({ name: "engine", start: () => fuel.promise })]);
  await vi.waitFor(async () => expect(await ready(ops)).toEqual({ status: 503, body: { status: "starting" } }), {
    timeout: 10_000,
  });
  expect((await fetch(new URL("/healthz", ops))).status).toBe(200);
  fuel.resolve();
  const server = await starting;
  expect(await ready(ops)).toMatchObject({ status: 200, body: { status: "ready" } });
  await server.stop(1000);
});

test("when a module fails to start, those that have started are stopped and nothing stays open", async () => {
  const stopped: string[] = [];
  const of = (name: string, start: () => Promise<void>) =>
    defineModule({ name, start, stop: async () => void stopped.push(name) });
  const fail = () => Promise.reject(new Error("no fuel"));
  const modules = [of("first", async () => undefined), of("second", async () => undefined), of("broken", fail)];
  const { starting, ops } = await startWorker(modules);
  await expect(starting).rejects.toThrow("module broken failed to start: no fuel");
  expect(stopped).toEqual(["second", "first"]);
  await expect(ready(ops)).rejects.toThrow("fetch failed");
});

test("a job that runs when the process must end finds its module running until it is done", async () => {
  const order: string[] = [];
  const begun = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const handle = async (): Promise<void> => {
    begun.resolve();
    await rest.promise;
    order.push("job");
  };
  const fire = defineJob({ queue: "kiln.fire", schema: z.object({}), handle });
  const kiln = defineModule({ name: "kiln", jobs: [fire], stop: async () => void order.push("module") });
  const { starting, ops } = await startWorker([kiln]);
  const server = await starting;
  const ctx = createCtx(server.deps, { type: "system", job: "test" }, { requestId: newId(), organizationId: null });
  await ctx.tx((tx) => tx.enqueue(fire, {}));
  await begun.promise;
  const stopping = server.stop(5000);
  expect(await ready(ops)).toEqual({ status: 503, body: { status: "draining" } });
  rest.resolve();
  await stopping;
  expect(order).toEqual(["job", "module"]);
});

test("a module that does not stop, or fails to, keeps nothing else from being closed", async () => {
  const never = defineModule({ name: "never", stop: () => new Promise(() => undefined) });
  const fails = defineModule({ name: "fails", stop: () => Promise.reject(new Error("stuck")) });
  const { starting, ops } = await startWorker([never, fails]);
  const server = await starting;
  await server.stop(2000);
  await expect(ready(ops)).rejects.toThrow("fetch failed");
  await vi.waitFor(async () => expect(await connections()).toEqual([]));
});
