import { RateLimiterMemory } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitRule } from "@turnpike/core";
import { settingsOf, takePoint } from "./rules.ts";

/** Rate limits within one process. */
export function createMemoryRateLimiter(): RateLimiter {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiterOf = (rule: RateLimitRule): RateLimiterMemory => {
    const known = limiters.get(rule.name);
    if (known) return known;
    const limiter = new RateLimiterMemory(settingsOf(rule));
    limiters.set(rule.name, limiter);
    return limiter;
  };
  return {
    consume: (rule, key) => takePoint(limiterOf(rule), key),
    async reset(rule, key) {
      await limiterOf(rule).delete(key);
    },
    async close() {
      limiters.clear();
    },
  };
}
