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
  const stopRequested = nextSignal();
  const progress = createProgress();
  const starting = startStack({
    settings: readSettings(process.env),
    dataDir: ".turnpike",
    firstPort: 8000,
    logLevel: process.env.LOG_LEVEL || "warn",
    onProgress: progress.step,
  });
  const stack = await starting;
  progress.done();
  await writeStackFile(stack.info);
  printReady(stack.info);
  await stopRequested;
  await stop(stack);
}

function refuseSecond(apiUrl: string, pid: number): void {
  process.stderr.write(
    `Turnpike runs in this folder already: ${apiUrl} (process ${pid}). Stop it there with Ctrl-C first.\n`,
  );
  process.exitCode = 1;
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (isStopping && signal === "SIGINT") process.exit(130);
        isStopping = true;
        resolve();
      });
    }
  });
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
