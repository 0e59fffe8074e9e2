import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitRule } from "@turnpike/core";

/** Rate limits within one process. */
export function createMemoryRateLimiter(): RateLimiter {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiterOf = (rule: RateLimitRule): RateLimiterMemory => {
    const known = limiters.get(rule.name);
    if (known) return known;
    const limiter = new RateLimiterMemory({
      keyPrefix: rule.name,
      points: rule.points,
      duration: rule.durationSec,
      ...(rule.blockSec !== undefined && { blockDuration: rule.blockSec }),
    });
    limiters.set(rule.name, limiter);
    return limiter;
  };
  return {
    async consume(rule, key) {
      try {
        await limiterOf(rule).consume(key);
        return { allowed: true, retryAfterSec: 0 };
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { allowed: false, retryAfterSec: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
      }
    },
    async reset(rule, key) {
      await limiterOf(rule).delete(key);
    },
    async close() {
      limiters.clear();
    },
  };
}
