import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../free-port.ts";

const startTimeoutMs = 30_000;
const keptLines = 5_000;

/** One process of ours, which a test may end in any way. */
export interface ServerProcess {
  role: string;
  pid: number;
  /** Where it listens; a worker listens nowhere. */
  url: string;
  /** What it has logged last, oldest first, a line as pino wrote it. */
  lines: readonly string[];
  /** What it has written that is no line of its log: warnings of Node, the stack of an error that nobody caught. */
  noise: readonly string[];
  /** Its exit code once it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
  /** Sends a signal, SIGTERM unless another is named, and does not wait. */
  signal(name?: NodeJS.Signals): void;
  /** Asks it to end, as a deployment does, and returns its exit code. */
  terminate(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Starts the program `main` in its own folder on a free port and waits until it is ready: `/readyz` says so, or a worker, which
 * nobody can ask, in its log. `env` is all that it gets besides the port, which is chosen last: one chosen earlier may be
 * somebody else's by now. Errors: it ended or was not ready within 30 s, with what it wrote.
 */
export async function startServerProcess(main: string, env: Record<string, string>): Promise<ServerProcess> {
  const role = env["ROLE"] || "all";
  const port = String(await freePort());
  const child = spawn(process.execPath, [main], {
    cwd: dirname(main),
    env: { ...env, LOG_LEVEL: env["LOG_LEVEL"] ?? "info", PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A run that ends before its hooks leaves nothing running.
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  const ended = once(child, "exit").then(() => (process.off("exit", end), child.exitCode));
  const url = `http://127.0.0.1:${port}`;
  const written = keepLines(child);
  const isReady = role === "worker" ? async () => written.lines.some(saysStarted) : () => isServing(url);
  await untilReady(child, isReady, written.lines);
  const endBy = async (name: NodeJS.Signals): Promise<number | null> => {
    if (!isOver(child)) child.kill(name);
    return ended;
  };
  return {
    role,
    pid: child.pid ?? 0,
    url,
    ...written,
    ended,
    signal: (name = "SIGTERM") => void child.kill(name),
    terminate: () => endBy("SIGTERM"),
    kill: async () => void (await endBy("SIGKILL")),
  };
}

/** Keeps what the process writes, for as long as it lives. */
function keepLines(child: ChildProcess): Record<"lines" | "noise", string[]> {
  const lines: string[] = [];
  const noise: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    if (!line.startsWith("{")) noise.push(line);
  };
  if (child.stdout) createInterface({ input: child.stdout }).on("line", keep);
  if (child.stderr) createInterface({ input: child.stderr }).on("line", keep);
  return { lines, noise };
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
const saysStarted = (line: string): boolean => line.includes('"server.started"');

async function isServing(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok === true;
}

async function untilReady(child: ChildProcess, isReady: () => Promise<boolean>, lines: string[]): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isReady())) {
    const isEnded = isOver(child);
    if (!isEnded && Date.now() < deadline) {
      await pause(25);
      continue;
    }
    child.kill("SIGKILL");
    // What it wrote last comes after its end.
    if (child.stdout && !child.stdout.closed) await once(child, "close");
    throw new Error(
      `the server ${isEnded ? "ended before it was ready" : "was not ready in time"}:\n${lines.join("\n")}`,
    );
  }
}
