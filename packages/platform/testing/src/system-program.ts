import type { ChildProcess, SpawnOptions } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const startTimeoutMs = 10_000;

/** Whether the system's packages have installed a program: it tells its version. */
export function isInstalled(command: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return promisify(execFile)(command, ["--version"], { env }).then(
    () => true,
    () => false,
  );
}

/** How a server of the system's packages is started. */
interface ProgramOptions {
  command: string;
  args: readonly string[];
  options?: Pick<SpawnOptions, "env" | "uid" | "gid">;
  /** Whether it answers. Never throws. */
  isReady: () => Promise<boolean>;
}

/** A throw-away server that a test may break. */
export interface SystemProgram {
  signal(name: NodeJS.Signals): void;
  /** Ends it without a word (SIGKILL). */
  kill(): Promise<void>;
  /** Ends it and starts it again, as it was started first. */
  restart(): Promise<void>;
}

/** Starts a server and waits until it answers. Errors: it ended, or did not answer within 10 s. */
export async function startSystemProgram(program: ProgramOptions): Promise<SystemProgram> {
  let server = await start(program);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  };
  return {
    signal: (name) => void server.kill(name),
    kill,
    async restart() {
      await kill();
      server = await start(program);
    },
  };
}

async function start({ command, args, options, isReady }: ProgramOptions): Promise<ChildProcess> {
  const server = spawn(command, args, { ...options, stdio: "ignore" });
  // A run that ends before its hooks, for example on a failed one, leaves nothing running.
  const end = (): void => void server.kill("SIGKILL");
  process.once("exit", end);
  server.once("exit", () => process.off("exit", end));
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isReady())) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`${command} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return server;
}
