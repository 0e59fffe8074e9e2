import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { openDatabase } from "@turnpike/database";
import type { SystemRedis } from "@turnpike/testing";
import { hasSystemRedis, noRedisReason, startSystemRedis } from "@turnpike/testing";
import type { Bundle } from "./bundle-bed.ts";
import { makeBundle } from "./bundle-bed.ts";
import { startKillableServer } from "./killable-server.ts";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

let bundle: Bundle;
let parts: Parts;
let redis: SystemRedis | undefined;
beforeAll(async () => {
  const startingRedis = hasSystemRedis().then((has) => (has ? startSystemRedis() : undefined));
  [bundle, parts, redis] = await Promise.all([makeBundle(), startParts(), startingRedis]);
});
afterAll(async () => {
  await redis?.stop();
  await parts.close();
  await bundle[Symbol.asyncDispose]();
});

test("a web process stores an event and leaves it to the worker, which has no port and ends with 0", async (ctx) => {
  if (!redis) return ctx.skip(noRedisReason);
  const providers = { CACHE_PROVIDER: "redis", RATE_LIMIT_PROVIDER: "redis", EVENT_BUS_PROVIDER: "redis" };
  const production = { NODE_ENV: "production", API_URL: parts.url, REDIS_URL: redis.url };
  const env: Record<string, string> = { ...parts.variables, ...providers, ...production };
  const web = await startKillableServer({ ...env, ROLE: "web" }, bundle.main);
  const database = openDatabase({ url: parts.ownerUrl });
  const statusOf = async (id: string): Promise<string | undefined> => {
    const query = sql<{ status: string }>`select status from private.webhook_inbox where event_id = ${id}`;
    return (await query.execute(database.db)).rows[0]?.status;
  };
  const id = await deliver(web.url, env["STRIPE_WEBHOOK_SECRET"] ?? "");
  expect(await statusOf(id)).toBe("pending");
  // The web process has this port: a worker that listened as well would not start.
  const { port } = new URL(web.url);
  const worker = await startWorker(bundle, { ...env, ROLE: "worker", LOG_LEVEL: "info", PORT: port });
  await vi.waitFor(async () => expect(await statusOf(id)).toBe("done"), { timeout: 20_000 });
  worker.kill("SIGTERM");
  await once(worker, "exit");
  expect(worker.exitCode).toBe(0);
  expect(await web.terminate()).toBe(0);
  await database.close();
});

/** An event of a product that Stripe does not know: the worker reads it back, finds nothing and is done with it. */
async function deliver(url: string, secret: string): Promise<string> {
  const id = `evt_${crypto.randomUUID()}`;
  const object = { object: "product", id: "prod_gone" };
  const event = {
    id,
    object: "event",
    type: "product.updated",
    created: 1_700_000_000,
    livemode: false,
    data: { object },
  };
  const payload = JSON.stringify(event);
  const response = await fetch(new URL("/api/webhooks/stripe", url), {
    method: "POST",
    headers: { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload, secret }) },
    body: payload,
  });
  expect(response.status).toBe(200);
  return id;
}

const Line = z.object({ msg: z.string() });

/** Starts a worker, which nobody can ask whether it is ready: it says so in its log. */
async function startWorker(bundle: Bundle, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [bundle.main], {
    cwd: bundle.folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (Line.safeParse(JSON.parse(line)).data?.msg === "server.started") {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`the worker ended with ${String(child.exitCode)}`);
}
