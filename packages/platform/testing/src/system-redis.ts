import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { isInstalled, startSystemProgram } from "./system-program.ts";

/** Why a suite that needs Redis is skipped where there is none. */
export const noRedisReason = "redis-server is not installed (Debian: apt-get install redis-server)";

/** Whether the system's packages have installed a Redis. */
export function hasSystemRedis(): Promise<boolean> {
  return isInstalled("redis-server");
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
  const settings = ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--enable-debug-command", "local"];
  const server = await startSystemProgram({
    command: "redis-server",
    args: ["--port", String(port), ...settings],
    isReady: async () => (await send(port, "PING").catch(() => "")) === "+PONG\r\n",
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    command: (text) => send(port, text),
    kill: () => server.kill(),
    restart: () => server.restart(),
    freeze: () => server.signal("SIGSTOP"),
    thaw: () => server.signal("SIGCONT"),
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
