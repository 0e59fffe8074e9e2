import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import Stripe from "stripe";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Parts } from "./server-bed.ts";
import { startParts } from "./server-bed.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let parts: Parts;
let database: Client;
const running: ChildProcess[] = [];

beforeAll(async () => {
  parts = await startParts();
  database = new Client({ connectionString: parts.ownerUrl });
  await database.connect();
});
afterEach(async () => {
  for (const child of running.splice(0)) await kill(child);
});
afterAll(async () => {
  await database.end();
  await parts.close();
});

/** Our server as a process of its own, the way production starts it. */
async function startProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], ...parts.variables },
    stdio: "ignore",
  });
  running.push(child);
  const isReady = async (): Promise<void> => expect((await fetch(new URL("/readyz", parts.url))).status).toBe(200);
  await vi.waitFor(isReady, { timeout: 20_000, interval: 50 });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function deliver(payload: string): Promise<Response> {
  const secret = parts.variables["STRIPE_WEBHOOK_SECRET"] ?? "";
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  return fetch(new URL("/api/webhooks/stripe", parts.url), {
    method: "POST",
    body: payload,
    headers: { "stripe-signature": signature },
  });
}

async function statusOf(eventId: string): Promise<string | undefined> {
  const { rows } = await database.query<{ status: string }>(
    "select status from private.webhook_inbox where event_id = $1",
    [eventId],
  );
  return rows[0]?.status;
}

test("an event whose 200 was the server's last word is processed after the restart", async () => {
  const product = { id: "prod_after_kill", object: "product", name: "Never made here", active: true, metadata: {} };
  const event = {
    id: "evt_after_kill",
    object: "event",
    type: "product.created",
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: product },
  };
  // Whatever has begun in between must not count: nothing is done before its transaction commits.
  await database.query(
    "create table kill_gate (id int); create function kill_wait() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return new; end $$",
  );
  await database.query(
    "create trigger kill_gate before update on private.webhook_inbox for each row execute function kill_wait()",
  );
  const first = await startProcess();
  expect((await deliver(JSON.stringify(event))).status).toBe(200);
  await kill(first);
  expect(await statusOf(event.id)).toBe("pending");
  await database.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'turnpike_api'");
  await database.query("drop trigger kill_gate on private.webhook_inbox");
  await startProcess();
  await vi.waitFor(async () => expect(await statusOf(event.id)).toBe("done"), { timeout: 90_000, interval: 100 });
});

test("SIGTERM ends the process with 0 after its work", async () => {
  const child = await startProcess();
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
});
