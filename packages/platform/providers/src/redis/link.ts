import type { Redis } from "ioredis";
import type { Log } from "@turnpike/core";
import { once } from "../once.ts";
import { createRedisClient, firstConnection } from "./client.ts";

/** Redis cannot be asked now. */
export class RedisAwayError extends Error {
  override name = "RedisAwayError";
}

/** The one connection that cache, rate limits and publishing share. */
export interface RedisLink {
  client: Redis;
  /** Runs a command. Rejects within `commandTimeoutMs`, and at once while Redis is known not to answer. */
  run<T>(command: (client: Redis) => Promise<T>): Promise<T>;
  /** Calls `listener` each time that Redis answers again after it did not. */
  onReturn(listener: () => void): void;
  /** Whether Redis answers; asked at most every 30 seconds, known at once while it is away. */
  status(): Promise<"up" | "degraded">;
  close(): void;
}

export interface RedisLinkOptions {
  url: string;
  log: Log;
  commandTimeoutMs: number;
}

const timeoutMessage = "Command timed out";
const probeEveryMs = 250;
const statusForMs = 30_000;

/** Opens the link; it connects when it is first used. */
export function createRedisLink({ url, log, commandTimeoutMs }: RedisLinkOptions): RedisLink {
  const client = createRedisClient({ url, name: "shared", log, commandTimeoutMs });
  const connected = once(() => firstConnection(client));
  const health = watch(client, log);
  let askedAt = -Infinity;
  let hasAnswered = true;
  health.onReturn(() => (hasAnswered = true));
  const run = async <T>(command: (client: Redis) => Promise<T>): Promise<T> => {
    if (!health.isAway()) await connected();
    if (health.isAway()) throw new RedisAwayError("Redis does not answer");
    try {
      return await command(client);
    } catch (error) {
      if (isTimeout(error)) health.stalled();
      throw error;
    }
  };
  return {
    client,
    run,
    onReturn: health.onReturn,
    async status() {
      if (performance.now() - askedAt > statusForMs) {
        askedAt = performance.now();
        hasAnswered = await run((redis) => redis.ping()).then(
          () => true,
          () => false,
        );
      }
      return hasAnswered && client.status === "ready" && !health.isAway() ? "up" : "degraded";
    },
    close() {
      health.close();
      client.disconnect();
    },
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === timeoutMessage;
}

/** Follows whether Redis answers. After a time-out nobody else waits for one until Redis has answered a ping. */
function watch(client: Redis, log: Log) {
  const listeners: (() => void)[] = [];
  let isAway = false;
  let timer: NodeJS.Timeout | undefined;
  const back = (): void => {
    if (!isAway) return;
    isAway = false;
    for (const listener of listeners) listener();
  };
  const probe = (): void => {
    timer = undefined;
    // A connection that is not there announces itself by "ready".
    if (!isAway || client.status !== "ready") return;
    client.ping().then(() => {
      log.info("redis.back", { connection: "shared" });
      back();
    }, probeLater);
  };
  const probeLater = (): void => {
    timer ??= setTimeout(probe, probeEveryMs).unref();
  };
  client.on("ready", back);
  client.on("close", () => (isAway = true));
  return {
    isAway: () => isAway,
    onReturn: (listener: () => void) => void listeners.push(listener),
    stalled(): void {
      if (!isAway) log.warn("redis.stalled", { connection: "shared" });
      isAway = true;
      probeLater();
    },
    close(): void {
      isAway = true;
      clearTimeout(timer);
    },
  };
}
