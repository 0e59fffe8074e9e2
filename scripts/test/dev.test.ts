import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createClient } from "@turnpike/client";
import { providerNames, readSettings } from "../stack/settings.ts";
import { StackInfo } from "../stack/stack-file.ts";
import type { ScriptProcess } from "./dev-process.ts";
import { processesIn, startScript } from "./dev-process.ts";

let folder: string;
const started: ScriptProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "turnpike-dev-"));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill("SIGKILL");
    await exited;
  }
  await nothingRuns();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(script = "dev.ts"): ScriptProcess {
  const process = startScript(script, folder);
  started.push(process);
  return process;
}

async function ready(): Promise<{ dev: ScriptProcess; stack: StackInfo }> {
  const dev = start();
  await dev.printed("Ctrl-C stops everything");
  return { dev, stack: StackInfo.parse(JSON.parse(await readFile(join(folder, ".turnpike/stack.json"), "utf8"))) };
}

const nothingRuns = () =>
  vi.waitFor(async () => expect(await processesIn(folder)).toEqual([]), { timeout: 20_000, interval: 50 });

/** Customers sign up before a crash; whether they can sign in after it says whether data was kept. */
async function signIn({ apiUrl, demo }: StackInfo): Promise<string> {
  const response = await fetch(new URL("/trpc/auth.signIn", apiUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: demo }),
  });
  expect(response.status).toBe(200);
  return (await response.text()).match(/"user":\{"id":"([^"]+)"/)?.[1] ?? "";
}

test("starts, refuses a second start, stops by Ctrl-C and leaves nothing running", async () => {
  const { dev, stack } = await ready();
  expect(dev.output()).toContain(stack.apiUrl);
  expect((await stat(join(folder, ".turnpike/stack.json"))).mode & 0o777).toBe(0o600);
  const second = start();
  expect((await second.exited).code).toBe(1);
  expect(second.output()).toContain(`runs in this folder already: ${stack.apiUrl}`);
  expect((await fetch(new URL("/readyz", stack.apiUrl))).status).toBe(200);
  dev.child.kill("SIGINT");
  expect(await dev.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(join(folder, ".turnpike/stack.json"))).toBe(false);
  await nothingRuns();
});

test("kill -9 of the parent alone leaves nothing running, and the next start is clean with its data", async () => {
  const { dev, stack } = await ready();
  const userId = await signIn(stack);
  dev.child.kill("SIGKILL");
  await dev.exited;
  await nothingRuns();
  const again = await ready();
  expect(await signIn(again.stack)).toBe(userId);
  expect(again.stack.stripeSecretKey).toBe(stack.stripeSecretKey);
});

test("kill -9 of everything is followed by a clean start with its data", async () => {
  const { dev, stack } = await ready();
  const userId = await signIn(stack);
  for (const pid of await processesIn(folder)) killNow(pid);
  dev.child.kill("SIGKILL");
  await dev.exited;
  const again = await ready();
  expect(await signIn(again.stack)).toBe(userId);
});

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended together with its parent.
  }
}

test("of two starts at once one gets ready and the other says why it did not", async () => {
  const both = [start(), start()];
  const winner = await Promise.any(both.map((dev) => dev.printed("Ctrl-C stops everything").then(() => dev)));
  const loser = both.find((dev) => dev !== winner);
  expect((await loser?.exited)?.code).toBe(1);
  expect(loser?.output()).toMatch(
    /Turnpike is being started or stopped in this folder by another process|runs in this folder already/,
  );
  expect(loser?.output()).not.toMatch(/ {4}at /);
});

test("what somebody took off sale stays off sale, and does not keep the stack from starting", async () => {
  const { dev, stack } = await ready();
  await operatorOf(stack).archiveStarter();
  dev.child.kill("SIGINT");
  await dev.exited;
  const again = await ready();
  expect(again.dev.output()).not.toContain("could not be made");
  expect(await operatorOf(again.stack).lookupKeysOnSale()).not.toContain("starter_monthly");
});

function operatorOf({ apiUrl, operator }: StackInfo) {
  const session: { token: string | null } = { token: null };
  const client = createClient({ url: apiUrl, getToken: () => session.token });
  return {
    async archiveStarter() {
      session.token = (await client.auth.signIn.mutate(operator)).session.accessToken;
      const { items } = await client.products.list.query();
      const starter = items.find(({ name }) => name === "Starter");
      await client.products.archive.mutate({ productId: starter?.id ?? "" });
    },
    async lookupKeysOnSale() {
      const { items } = await client.products.list.query();
      return items.flatMap(({ prices }) => prices.map(({ lookupKey }) => lookupKey));
    },
  };
}

test("a port that is taken gives way to the next free one, said in the ready block", async () => {
  const squatters = await Promise.all([8000, 8001].map(squat));
  const { dev, stack } = await ready();
  expect(Number(new URL(stack.apiUrl).port)).toBeGreaterThan(8000);
  expect(dev.output()).toContain(stack.stripeUrl);
  for (const server of squatters) server.close();
});

/** Takes a port; one that somebody else has is taken too. */
async function squat(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await Promise.race([once(server, "listening"), once(server, "error")]).catch(() => undefined);
  return server;
}

test("a REDIS_URL carries cache, rate limits and bus, except where a variable names another provider", () => {
  expect(providerNames({ REDIS_URL: "redis://127.0.0.1:1", CACHE_PROVIDER: "memory" })).toEqual({
    CACHE_PROVIDER: "memory",
    RATE_LIMIT_PROVIDER: "redis",
    EVENT_BUS_PROVIDER: "redis",
  });
  expect(providerNames({ REDIS_URL: "" })).toEqual({});
});

test("a Supabase without its database stops the start, naming both", () => {
  expect(() => readSettings({ SUPABASE_URL: "https://x.supabase.co" })).toThrow(
    /SUPABASE_URL, SUPABASE_ANON_KEY, SUPABASE_SERVICE_KEY.*DATABASE_URL/,
  );
});
