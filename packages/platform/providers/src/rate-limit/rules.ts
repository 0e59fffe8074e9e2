import { RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimiterAbstract } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitRule } from "@turnpike/core";

/** A rule in the library's words. */
export function settingsOf(rule: RateLimitRule) {
  return {
    keyPrefix: rule.name,
    points: rule.points,
    duration: rule.durationSec,
    ...(rule.blockSec !== undefined && { blockDuration: rule.blockSec }),
  };
}

/** Takes one point. Throws only what is no refusal: the store's own errors. */
export async function takePoint(limiter: RateLimiterAbstract, key: string): ReturnType<RateLimiter["consume"]> {
  try {
    const { consumedPoints } = await limiter.consume(key);
    // What is no number is over no limit: something answered that keeps no count.
    if (!Number.isFinite(consumedPoints)) throw new TypeError("the store of the limits gave no count");
    return { allowed: true, retryAfterSec: 0 };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { allowed: false, retryAfterSec: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
  }
}
