import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitRule } from "@turnpike/core";
import type { RedisLink } from "../redis/link.ts";
import { settingsOf, takePoint } from "./rules.ts";

interface Limiters {
  shared: RateLimiterRedis;
  own: RateLimiterMemory;
}

/**
 * Rate limits that all instances share. While Redis does not answer, each process counts for itself by the same rules: a
 * limit is then per process, and never open. It never throws.
 */
export function createRedisRateLimiter(link: RedisLink): RateLimiter {
  const limiters = new Map<string, Limiters>();
  const limitersOf = (rule: RateLimitRule): Limiters => {
    const known = limiters.get(rule.name);
    if (known) return known;
    const settings = settingsOf(rule);
    const keyPrefix = `turnpike:limit:${rule.name}`;
    const made = {
      shared: new RateLimiterRedis({ ...settings, keyPrefix, storeClient: link.client, rejectIfRedisNotReady: true }),
      own: new RateLimiterMemory(settings),
    };
    limiters.set(rule.name, made);
    return made;
  };
  return {
    async consume(rule, key) {
      const { shared, own } = limitersOf(rule);
      // Not the library's `insuranceLimiter`: it keeps to itself the time-out by which the link learns that Redis stalls.
      const taken = await link.run(() => takePoint(shared, key)).catch(() => undefined);
      return taken ?? takePoint(own, key);
    },
    async reset(rule, key) {
      const { shared, own } = limitersOf(rule);
      await own.delete(key);
      await link.run(() => shared.delete(key)).catch(() => undefined);
    },
    async close() {
      limiters.clear();
    },
  };
}
