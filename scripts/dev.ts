import { EnvError } from "@turnpike/core";
import { MigrationError } from "@turnpike/database";
import { PostgresUnavailableError } from "@turnpike/local-postgres";
import { RealSupabaseError } from "@turnpike/local-supabase";
import { createProgress } from "./stack/progress.ts";
import { printReady } from "./stack/ready-block.ts";
import { loadEnvFile, readSettings } from "./stack/settings.ts";
import { findRunningStack, removeStackFile, writeStackFile } from "./stack/stack-file.ts";
import type { Stack } from "./stack/start-stack.ts";
import { startStack } from "./stack/start-stack.ts";

const help = `Starts everything that Turnpike needs on this machine: PostgreSQL, Supabase Auth, Stripe, a mail catcher and the API.
Whatever DATABASE_URL, SUPABASE_*, STRIPE_*, SMTP_URL or PORT name in the environment or in .env replaces that part.
Ctrl-C stops all of it. Data stays in .turnpike/ until that folder is removed.
`;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(help);
  loadEnvFile();
  const running = await findRunningStack();
  if (running) return refuseSecond(running.apiUrl, running.pid);
  const stopRequest = listenForStop();
  const progress = createProgress();
  const stack = await startStack({
    settings: readSettings(process.env),
    dataDir: ".turnpike",
    firstPort: 8000,
    logLevel: process.env.LOG_LEVEL || "warn",
    onProgress: progress.step,
  });
  // Who stops it while it starts gets no ready block: what has started is stopped in order.
  if (!stopRequest.isMade) {
    progress.done();
    await writeStackFile(stack.info);
    printReady(stack.info);
    await stopRequest.made;
  }
  await stop(stack);
}

function refuseSecond(apiUrl: string, pid: number): void {
  process.stderr.write(
    `Turnpike runs in this folder already: ${apiUrl} (process ${pid}). Stop it there with Ctrl-C first.\n`,
  );
  process.exitCode = 1;
}

interface StopRequest {
  made: Promise<void>;
  isMade: boolean;
}

const repeatMs = 1000;

/**
 * Hears the first signal to stop. A second Ctrl-C ends the process at once, but not within a second of the first: the
 * terminal sends one to each process of the group, and those in between may pass theirs on.
 */
function listenForStop(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = { made: promise, isMade: false };
  let firstAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (request.isMade && signal === "SIGINT" && performance.now() - firstAt > repeatMs) process.exit(130);
      if (!request.isMade) firstAt = performance.now();
      request.isMade = true;
      resolve();
    });
  }
  return request;
}

async function stop(stack: Stack): Promise<void> {
  process.stdout.write("\nstopping …\n");
  await removeStackFile();
  await stack.stop();
  process.stdout.write("stopped\n");
  process.exit(0);
}

function explain(error: unknown): string {
  const isPlain =
    error instanceof EnvError ||
    error instanceof PostgresUnavailableError ||
    error instanceof RealSupabaseError ||
    error instanceof MigrationError;
  if (isPlain) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exit(1);
});
