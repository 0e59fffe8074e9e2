import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "./files.ts";

const PATIENCE_MS = 750;
const RELEASE_MS = 25_000;
const RETRY_MS = 20;

/** A lock that is held for as long as this process lives or until it is released. */
export interface OwnerLock {
  /** Tells those who wait that the lock will come free. */
  announceRelease(): void;
  release(): void;
}

/**
 * Takes the lock of a data folder by listening on a local socket, which the system gives back whatever kills the holder.
 * Waits while the holder is about to release it. Returns the holder's owner (a process id, 0 when it does not say)
 * if it stays taken.
 */
export async function takeOwnerLock(key: string, owner: number): Promise<OwnerLock | number> {
  const path = socketPath(key);
  const until = performance.now() + RELEASE_MS;
  for (;;) {
    const lock = await tryListen(path, owner);
    if (lock !== null) return lock;
    const holder = await watchHolder(path);
    if (holder !== null || performance.now() > until) return holder ?? 0;
    await delay(RETRY_MS);
  }
}

function socketPath(key: string): string {
  const name = `turnpike-postgres-${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
  // Neither an abstract socket nor a pipe has a file that a killed holder could leave behind.
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function tryListen(path: string, owner: number): Promise<OwnerLock | null> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => waiting.delete(socket));
      socket.write(`held ${owner}\n`);
    });
    server.once("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(makeLock(server, waiting)));
  });
}

function makeLock(server: Server, waiting: Set<Socket>): OwnerLock {
  let isReleasing = false;
  server.on("connection", (socket: Socket) => {
    if (isReleasing) socket.write("releasing\n");
  });
  return {
    announceRelease: () => {
      isReleasing = true;
      for (const socket of waiting) socket.write("releasing\n");
    },
    release: () => {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}

/**
 * Null once the lock may be free; the owner's process id when the holder does not let go. The owner of a holder may
 * have been killed a moment ago and the holder not know it yet: that is what the patience is for.
 */
function watchHolder(path: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let said = "";
    const finish = (result: number | null) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(result);
    };
    const patience = setTimeout(() => finish(Number(/^held (\d+)$/m.exec(said)?.[1] ?? 0)), PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      said += text;
      if (/^releasing$/m.test(said)) {
        clearTimeout(patience);
        socket.setTimeout(RELEASE_MS, () => finish(null));
      }
    });
    socket.on("error", (error) => {
      if (errorCode(error) === "ECONNREFUSED" && !path.startsWith("\0")) void rm(path, { force: true });
    });
    socket.on("close", () => finish(null));
  });
}
