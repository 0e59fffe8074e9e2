import { EnvError, readEnv } from "@turnpike/core";
import { createLog } from "./log.ts";
import { migrateCommand } from "./migrate-command.ts";
import { appRouter, modules } from "./modules.gen.ts";
import { isBundled } from "./release.ts";
import type { RunningServer } from "./server.ts";
import { startServer } from "./server.ts";

const drainMs = 30_000;
// How long a balancer may still send new requests after it could have seen `/readyz` at 503.
const noticeMs = 2000;
// For closing what is open once the drain is over; a connection that a stuck job holds would never close.
const closeMs = 3000;

/** The process's life: `migrate` and end, or serve until SIGTERM or SIGINT. A second signal ends at once. */
async function main([command, ...args]: string[]): Promise<void> {
  if (isBundled) process.env["NODE_ENV"] ||= "production";
  if (command === "migrate") return migrateCommand(args, process.env, (line) => void process.stdout.write(`${line}\n`));
  if (command !== undefined) throw new EnvError("Usage: main.js [migrate [--url URL]]");
  await serve();
}

async function serve(): Promise<void> {
  const life: { server?: RunningServer; isEnding: boolean } = { isEnding: false };
  const end = (): void => {
    if (life.isEnding) process.exit(1);
    life.isEnding = true;
    if (!life.server) process.exit(0);
    setTimeout(() => fail(new Error("It did not stop in time.")), drainMs + closeMs).unref();
    const isProduction = process.env["NODE_ENV"] === "production";
    life.server.stop(drainMs, isProduction ? noticeMs : 0).then(() => process.exit(0), fail);
  };
  // As a container's first process nothing else would end us: the system ignores a signal that such a process does not handle.
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  const env = readEnv();
  process.on("uncaughtException", crash);
  life.server = await startServer(env, modules, appRouter);
}

/** A fault of ours that nobody caught. Node itself would print whatever hangs on the error, rows and requests included. */
function crash(error: unknown): never {
  createLog("error").error("process.crashed", { error });
  process.exit(1);
}

function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
