import { Redis } from "ioredis";
import type { Log } from "@turnpike/core";

/** Where Redis is, and who hears how it is. `name` shows in `CLIENT LIST`. */
export interface RedisClientOptions {
  url: string;
  name: string;
  log: Log;
  /** How long a command may take, in milliseconds. */
  commandTimeoutMs: number;
}

const longestDelayMs = 2000;

/** How long to wait before connecting again: doubles up to two seconds, and half of it is chance, so that instances do not come in step. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(50 * 2 ** (attempt - 1), longestDelayMs);
  return Math.round(delay / 2 + (random() * delay) / 2);
}

/**
 * A connection that opens when it is first used, closes no process and keeps nothing back: a command that Redis does not
 * take now is refused now. It comes back by itself.
 */
export function createRedisClient({ url, name, log, commandTimeoutMs }: RedisClientOptions): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    connectionName: `turnpike-${name}`,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2000,
    // A connection on which nothing comes back is given up; the other end may be gone without a word.
    socketTimeout: 5000,
    retryStrategy: (attempt) => reconnectDelayMs(attempt),
    // A queue would send a write long after it was true.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The library resubscribes without a catch: a time-out there would be an unhandled rejection.
    autoResubscribe: false,
    // After a fail-over the old primary answers READONLY; the name leads to the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  logChanges(client, name, log);
  return client;
}

/** Opens the connection and waits for it, not longer than a command may take. Never throws: the command that follows does. */
export async function firstConnection(client: Redis): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, client.options.commandTimeout);
  await Promise.race([client.connect().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Says once that a connection is lost, and once that it is back. Without a listener the library prints its errors. */
function logChanges(client: Redis, name: string, log: Log): void {
  let isLost = false;
  let cause = "";
  client.on("error", (error: unknown) => (cause = String(error)));
  client.on("close", () => {
    // At the end of the process it closes for good, and nothing is lost.
    if (isLost || client.status === "end") return;
    isLost = true;
    log.warn("redis.lost", { connection: name, error: cause || "closed by the other end" });
  });
  client.on("ready", () => {
    if (isLost) log.info("redis.back", { connection: name });
    isLost = false;
    cause = "";
  });
}
