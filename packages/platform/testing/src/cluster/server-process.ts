import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
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
  /** Sends a signal and does not wait. */
  signal(name: NodeJS.Signals): void;
  /** Asks it to end, as a deployment does, and returns its exit code. */
  terminate(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Starts the program `main` in its own folder on a free port and waits until it says that it has started. `env` is all that it
 * gets besides the port, and names the role. Errors: it ended or said nothing within 30 s, with what it wrote.
 */
export async function startServerProcess(main: string, env: Record<string, string>): Promise<ServerProcess> {
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
  const lines: string[] = [];
  const noise: string[] = [];
  await untilStarted(child, { lines, noise });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const endBy = async (name: NodeJS.Signals): Promise<number | null> => {
    if (!isOver()) child.kill(name);
    return ended;
  };
  return {
    role: env["ROLE"] ?? "all",
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    lines,
    noise,
    ended,
    signal: (name) => void child.kill(name),
    terminate: () => endBy("SIGTERM"),
    kill: async () => void (await endBy("SIGKILL")),
  };
}

/** Keeps what the process writes, for as long as it lives; resolves when it says that it has started. */
async function untilStarted(child: ChildProcess, { lines, noise }: Record<"lines" | "noise", string[]>): Promise<void> {
  const started = Promise.withResolvers<void>();
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    if (!line.startsWith("{")) noise.push(line);
    if (line.includes('"server.started"')) started.resolve();
  };
  if (child.stdout) createInterface({ input: child.stdout }).on("line", keep);
  if (child.stderr) createInterface({ input: child.stderr }).on("line", keep);
  const fail = (why: string): void => started.reject(new Error(`the server ${why}:\n${lines.join("\n")}`));
  const timer = setTimeout(() => {
    fail("did not start in time");
    child.kill("SIGKILL");
  }, startTimeoutMs);
  // "close" comes after the last line, "exit" may come before it.
  child.once("close", () => fail("ended before it had started"));
  child.once("error", (error) => started.reject(error));
  await started.promise.finally(() => clearTimeout(timer));
}
