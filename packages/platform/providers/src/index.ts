export { createMemoryBus } from "./bus/memory.ts";
export { createMemoryCache } from "./cache/memory.ts";
export { createMemoryRateLimiter } from "./rate-limit/memory.ts";
