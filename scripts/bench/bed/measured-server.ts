import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "@turnpike/testing";

/**
 * A server as a process of its own. It writes to a file and not to us: reading along would cost the process that makes the
 * load. It is ended without ado, and asked every 2 ms whether it is ready, since that is measured.
 */
export interface MeasuredServer {
  url: string;
  /** Milliseconds from its birth to its first answer of 200 on `/readyz`. */
  startedInMs: number;
  /** Where its inspector listens (`ws://…`), where `hasInspector` was asked for. */
  inspectorUrl: string | null;
  stop(): Promise<void>;
}

interface ServerOptions {
  main: string;
  /** All the environment that it gets besides its port. */
  env: Record<string, string>;
  /** Where its standard output and errors go, as a service's would. */
  logFile: string;
  hasInspector?: boolean;
  /** Whether it works without listening; it is then not waited for. */
  isWithoutHttp?: boolean;
}

const startTimeoutMs = 30_000;

/** Starts a server on a free port and waits until it is ready. Errors: it ended, or did not get ready, with the end of its log. */
export async function startMeasuredServer(options: ServerOptions): Promise<MeasuredServer> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const log = await open(options.logFile, "a");
  const inspector = options.hasInspector ? ["--inspect=127.0.0.1:0"] : [];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...inspector, options.main], {
    cwd: dirname(options.main),
    env: { ...options.env, PORT: port },
    stdio: ["ignore", log.fd, options.hasInspector ? "pipe" : log.fd],
  });
  const inspectorUrl = inspectorOf(child);
  // A run that is cut off leaves nothing running.
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  try {
    if (!options.isWithoutHttp) await untilReady(child, url, options.logFile);
    const startedInMs = performance.now() - startedAt;
    return { url, startedInMs, inspectorUrl: await inspectorUrl, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    await log.close();
  }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (isRunning(child) && Date.now() < deadline) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await pause(2);
  }
  const lastWords = (await readFile(logFile, "utf8")).slice(-1500);
  throw new Error(
    `A server did not get ready (exit code ${String(child.exitCode)}). The last that was heard:\n${lastWords}`,
  );
}

/** Node says on its standard error where the inspector listens; null where that is not looked at. */
function inspectorOf(child: ChildProcess): Promise<string | null> {
  const { stderr } = child;
  if (!stderr) return Promise.resolve(null);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let said = "";
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    said += text;
    const match = /Debugger listening on (ws:\S+)/.exec(said);
    if (match?.[1]) resolve(match[1]);
  });
  stderr.once("end", () => resolve(null));
  return promise;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Nothing of it is needed any more: an orderly drain would only take time. */
async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
