import { z } from "zod";
import type { Cache, Env, EventBus, Log, RateLimiter } from "@turnpike/core";
import { EnvError } from "@turnpike/core";
import type { RedisProviders } from "@turnpike/providers";
import { createMemoryBus, createMemoryCache, createMemoryRateLimiter, openRedis } from "@turnpike/providers";

/** What the environment's provider names stand for, and how Redis is where one of them is Redis. */
export interface Providers {
  cache: Cache;
  rateLimit: RateLimiter;
  bus: EventBus;
  redisStatus: () => Promise<"up" | "degraded" | "off">;
  /** Ends the bus first, then what it stood on. */
  close: () => Promise<void>;
}

type Makers<T> = Record<string, (variable: string) => Promise<T>>;

/**
 * Builds the providers that the environment names. Errors: EnvError for an unknown name, listing the known ones, and for
 * a REDIS_URL that is missing or none where a provider needs it.
 */
export async function createProviders(env: Env, log: Log): Promise<Providers> {
  let redis: Promise<RedisProviders> | undefined;
  const onRedis = (variable: string) => (redis ??= openRedis({ url: redisUrlOf(env, variable), log }));
  const caches: Makers<Cache> = {
    memory: async () => createMemoryCache(),
    redis: async (variable) => (await onRedis(variable)).cache,
  };
  const rateLimiters: Makers<RateLimiter> = {
    memory: async () => createMemoryRateLimiter(),
    redis: async (variable) => (await onRedis(variable)).rateLimit,
  };
  const buses: Makers<EventBus> = {
    memory: async () => createMemoryBus((error) => log.error("bus.subscriber_failed", { error })),
    redis: async (variable) => (await onRedis(variable)).bus,
  };
  const cache = await choose("CACHE_PROVIDER", env.CACHE_PROVIDER, caches);
  const rateLimit = await choose("RATE_LIMIT_PROVIDER", env.RATE_LIMIT_PROVIDER, rateLimiters);
  const bus = await choose("EVENT_BUS_PROVIDER", env.EVENT_BUS_PROVIDER, buses);
  return {
    cache,
    rateLimit,
    bus,
    redisStatus: async () => (await redis)?.status() ?? "off",
    async close() {
      await Promise.all([bus.close(), cache.close(), rateLimit.close()]);
      await (await redis)?.close();
    },
  };
}

function choose<T>(variable: string, name: string, known: Makers<T>): Promise<T> {
  const create = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!create)
    throw new EnvError(`${variable}: ${JSON.stringify(name)} is not known. Known: ${Object.keys(known).join(", ")}`);
  return create(variable);
}

const RedisUrl = z.url({ protocol: /^rediss?$/ });

function redisUrlOf(env: Env, variable: string): string {
  if (env.REDIS_URL === undefined) throw new EnvError(`REDIS_URL: missing, and ${variable} is redis`);
  const { data } = RedisUrl.safeParse(env.REDIS_URL);
  if (data === undefined) throw new EnvError("REDIS_URL: must be redis://… or, over TLS, rediss://…");
  return data;
}
