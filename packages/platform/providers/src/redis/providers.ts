import type { Cache, EventBus, Log, RateLimiter } from "@turnpike/core";
import { createRedisBus } from "../bus/redis.ts";
import { createRedisCache } from "../cache/redis.ts";
import { createRedisRateLimiter } from "../rate-limit/redis.ts";
import { createRedisClient } from "./client.ts";
import { createRedisLink } from "./link.ts";

/** What Redis carries for a process. Nothing connects before it is used. */
export interface RedisProviders {
  cache: Cache;
  rateLimit: RateLimiter;
  bus: EventBus;
  /** Whether Redis answers; asked at most every 30 seconds, known at once while it is away. Never throws. */
  status(): Promise<"up" | "degraded">;
  /** Ends both connections; the bus is closed with them. */
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  log: Log;
  /** How long a command may take, in milliseconds (500). */
  commandTimeoutMs?: number;
  /** Wall time in milliseconds, by which the cache's entries age. */
  now?: () => number;
}

/** Builds the providers over one shared connection, and a second one that subscribes. */
export function createRedisProviders({ url, log, commandTimeoutMs = 500, now }: RedisOptions): RedisProviders {
  const link = createRedisLink({ url, log, commandTimeoutMs });
  const openConnection = () => createRedisClient({ url, name: "subscriber", log, commandTimeoutMs });
  const bus = createRedisBus({ link, openConnection, log });
  return {
    cache: createRedisCache(link, now),
    rateLimit: createRedisRateLimiter(link),
    bus,
    status: () => link.status(),
    async close() {
      await bus.close();
      link.close();
    },
  };
}
