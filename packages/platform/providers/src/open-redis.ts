import type { RedisOptions, RedisProviders } from "./redis/providers.ts";

/** Cache, rate limits and bus on a Redis. Its library is loaded only here: a process that needs no Redis never reads it. */
export async function openRedis(options: RedisOptions): Promise<RedisProviders> {
  const { createRedisProviders } = await import("./redis/providers.ts");
  return createRedisProviders(options);
}
