export { createMemoryBus } from "./bus/memory.ts";
export { createMemoryCache } from "./cache/memory.ts";
export { createMemoryRateLimiter } from "./rate-limit/memory.ts";
export { openRedis } from "./open-redis.ts";
export type { RedisOptions, RedisProviders } from "./redis/providers.ts";
