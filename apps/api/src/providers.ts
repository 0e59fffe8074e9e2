import type { Cache, Env, EventBus, Log, RateLimiter } from "@turnpike/core";
import { EnvError } from "@turnpike/core";
import { createMemoryBus, createMemoryCache, createMemoryRateLimiter } from "@turnpike/providers";

const caches: Record<string, () => Cache> = { memory: () => createMemoryCache() };
const rateLimiters: Record<string, () => RateLimiter> = { memory: () => createMemoryRateLimiter() };
const buses: Record<string, (log: Log) => EventBus> = {
  memory: (log) => createMemoryBus((error) => log.error("bus.subscriber_failed", { error })),
};

/** Builds the providers that the environment names. Errors: EnvError for an unknown name, listing the known ones. */
export function createProviders(env: Env, log: Log): { cache: Cache; rateLimit: RateLimiter; bus: EventBus } {
  return {
    cache: choose("CACHE_PROVIDER", env.CACHE_PROVIDER, caches)(),
    rateLimit: choose("RATE_LIMIT_PROVIDER", env.RATE_LIMIT_PROVIDER, rateLimiters)(),
    bus: choose("EVENT_BUS_PROVIDER", env.EVENT_BUS_PROVIDER, buses)(log),
  };
}

function choose<T>(variable: string, name: string, known: Record<string, T>): T {
  const create = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!create)
    throw new EnvError(`${variable}: ${JSON.stringify(name)} is not known. Known: ${Object.keys(known).join(", ")}`);
  return create;
}
