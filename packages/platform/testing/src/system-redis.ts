import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

/** Why a suite that needs Redis is skipped where there is none. */
export const noRedisReason = "redis-server is not installed (Debian: apt-get install redis-server)";

/** Whether the system's packages have installed a Redis. */
export function hasSystemRedis(): Promise<boolean> {
  return promisify(execFile)("redis-server", ["--version"]).then(
    () => true,
    () => false,
  );
}

/** A throw-away Redis that a test may break. */
export interface SystemRedis {
  url: string;
  /** Sends one inline command as an administrator would, and resolves with the reply as it is on the wire. */
  command(text: string): Promise<string>;
  /** Ends it without a word (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Stops it as it is (SIGSTOP): connections stay open, new ones are taken by the system, and nothing is answered. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts a Redis on a free port of the loopback. It keeps nothing on disk. */
export async function startSystemRedis(): Promise<SystemRedis> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-redis-"));
  const port = await freePort();
  let server = await start(port, folder);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    command: (text) => send(port, text),
    kill,
    async restart() {
      await kill();
      server = await start(port, folder);
    },
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string): Promise<ChildProcess> {
  const settings = ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--enable-debug-command", "local"];
  const server = spawn("redis-server", ["--port", String(port), ...settings], { stdio: "ignore" });
  // A run that ends before its hooks, for example on a failed one, leaves nothing running.
  const end = (): void => void server.kill("SIGKILL");
  process.once("exit", end);
  server.once("exit", () => process.off("exit", end));
  const deadline = Date.now() + 10_000;
  while ((await send(port, "PING").catch(() => "")) !== "+PONG\r\n") {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error("redis-server did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return server;
}

async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write(`${text}\r\n`);
    socket.setEncoding("utf8");
    return await new Promise((resolve, reject) => {
      socket.once("data", (reply: string) => resolve(reply));
      socket.once("close", () => reject(new Error("Redis hung up")));
    });
  } finally {
    socket.destroy();
  }
}
