import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@turnpike/testing";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const startTimeoutMs = 30_000;

/** The server as a process of its own, which a test may kill. */
export interface KillableServer {
  url: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, as a deployment does, and returns its exit code. */
  terminate(): Promise<number | null>;
  /** Sends SIGTERM and does not wait. */
  signal(): void;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

/**
 * Starts `main.ts`, or the program given as `file`, in its own folder on a free port, and waits until it is ready. `env` is
 * all that it gets besides the port, which is chosen last: one chosen earlier may be somebody else's by now. `onLine` is told
 * each line of its log.
 */
export async function startKillableServer(
  env: Record<string, string>,
  file = main,
  onLine?: (line: string) => void,
): Promise<KillableServer> {
  const port = String(await freePort());
  const child = spawn(process.execPath, [file], {
    cwd: dirname(file),
    env: { ...env, PORT: port },
    stdio: ["ignore", onLine ? "pipe" : "ignore", "inherit"],
  });
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on("line", onLine);
  const ended = once(child, "exit").then(() => child.exitCode);
  const url = `http://127.0.0.1:${port}`;
  const kill = () => killed(child);
  try {
    await untilReady(child, url);
  } catch (error) {
    await kill();
    throw error;
  }
  const signal = () => void child.kill("SIGTERM");
  return { url, kill, terminate: () => terminated(child), signal, ended };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (child.exitCode === null && Date.now() < deadline) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await pause(25);
  }
  throw new Error(`the server did not get ready; exit code ${String(child.exitCode)}`);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function terminated(child: ChildProcess): Promise<number | null> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
  return child.exitCode;
}
