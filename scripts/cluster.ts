import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { createLog, modules, openDeps } from "@turnpike/api";
import { readEnv } from "@turnpike/core";
import { missingForCluster, startCluster } from "@turnpike/testing";
import type { Cluster } from "@turnpike/testing";
import { seedPlans } from "./seed/seed-plans.ts";
import { seedUsers } from "./seed/seed-users.ts";
import { lockFolder } from "./stack/folder-lock.ts";
import { createProgress } from "./stack/progress.ts";
import { printReady } from "./stack/ready-block.ts";
import { runScript } from "./stack/run-script.ts";
import type { StackInfo } from "./stack/stack-file.ts";
import { findRunningStack, removeStackFile, writeStackFile } from "./stack/stack-file.ts";
import { listenForStop } from "./stack/stop-request.ts";

const folder = ".turnpike";
const root = join(import.meta.dirname, "..");
const help = `pnpm cluster

Shows the production form on one machine: builds the bundle and starts two web processes and a worker of it behind a balancer, on
Debian's PostgreSQL 15 through pgbouncer in transaction mode, on Debian's Redis, with the local Supabase, Stripe and mail catcher.
Needs Debian's postgresql, pgbouncer and redis-server installed, not running. It keeps nothing: Ctrl-C stops and removes all of it.
`;

await runScript({ help, options: {}, run: showCluster });

async function showCluster(): Promise<void> {
  const missing = await missingForCluster();
  if (missing) throw new Error(`The production form needs services that are not here: ${missing}`);
  const running = await findRunningStack();
  if (running) throw new Error(`Turnpike runs in this folder already: ${running.apiUrl} (process ${running.pid}).`);
  const unlock = await lockFolder(folder);
  try {
    await runCluster();
  } finally {
    unlock();
  }
  process.stdout.write("stopped\n");
  process.exit(0);
}

/** From the build to the end of what it started. */
async function runCluster(): Promise<void> {
  const stopRequest = listenForStop();
  const progress = createProgress();
  progress.step("bundle");
  const main = await build(resolve(folder, "cluster"));
  const cluster = await startCluster({ main, frontendUrl: "http://localhost:3000", onProgress: progress.step });
  try {
    progress.step("demo data");
    const info = infoOf(cluster, await seed(cluster));
    progress.done();
    // Who stops it while it starts gets no ready block.
    if (!stopRequest.isMade) await show(cluster, info, stopRequest.made);
  } finally {
    process.stdout.write("\nstopping …\n");
    await removeStackFile();
    await cluster.close();
  }
}

async function show(cluster: Cluster, info: StackInfo, stopped: Promise<void>): Promise<void> {
  await writeStackFile(info);
  const processes = [...cluster.webs, ...cluster.workers].map(({ role, pid, url }) => `  ${role} ${pid}  ${url}`);
  process.stdout.write(`\nBehind ${cluster.url}\n${processes.join("\n")}\n`);
  process.stdout.write(
    `  psql  ${cluster.ownerUrl}\n  pgbouncer  ${cluster.pooledUrl}\n  Redis  ${cluster.redis.url}\n`,
  );
  printReady(info);
  await stopped;
}

/** Builds into a folder of this stack, so that what runs is what the sources say. */
async function build(target: string): Promise<string> {
  await promisify(execFile)(process.execPath, [join(root, "apps/api/scripts/build.ts"), target], { cwd: root });
  return join(target, "main.js");
}

/** Plans and logins, made with the same providers, so that no process remembers what was there before. */
async function seed(cluster: Cluster): Promise<Pick<StackInfo, "demo" | "operator">> {
  const env = readEnv({ ...cluster.env, NODE_ENV: "development", ROLE: "web", LOG_LEVEL: "warn" });
  const open = await openDeps(env, modules, createLog(env.LOG_LEVEL));
  try {
    await seedPlans(open.deps);
    const password = (): string => randomBytes(9).toString("base64url");
    return await seedUsers(open.deps, { demoPassword: password(), operatorPassword: password() });
  } finally {
    await open.close(5_000);
  }
}

function infoOf(cluster: Cluster, logins: Pick<StackInfo, "demo" | "operator">): StackInfo {
  const { stripe, supabase, mail } = cluster;
  return {
    apiUrl: cluster.url,
    frontendUrl: cluster.env["FRONTEND_URL"] ?? "",
    stripeUrl: stripe.url,
    stripeSecretKey: stripe.secretKey,
    stripeWebhookSecret: cluster.webhookSecret,
    mailUrl: mail.url,
    supabaseUrl: supabase.url,
    anonKey: supabase.anonKey,
    serviceKey: supabase.serviceKey,
    databaseUrl: cluster.ownerUrl,
    apiDatabaseUrl: cluster.pooledUrl,
    ...logins,
    pid: process.pid,
  };
}
