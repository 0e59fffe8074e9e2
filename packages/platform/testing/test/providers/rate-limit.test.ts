import { describe, expect, test } from "vitest";
import type { RateLimiter } from "@turnpike/core";
import { createMemoryRateLimiter } from "@turnpike/providers";
import { useRedis } from "./support/redis-bed.ts";

const implementations: Record<string, () => () => Promise<RateLimiter>> = {
  memory: () => async () => createMemoryRateLimiter(),
  redis: () => {
    const redis = useRedis();
    return async () => (await redis.open()).rateLimit;
  },
};
const rule = { name: "test", points: 3, durationSec: 60 };

describe.each(Object.entries(implementations))("%s rate limiter", (_name, prepare) => {
  const create = prepare();

  test("allows as many as the rule says, then says how long to wait", async () => {
    const limiter = await create();
    for (let time = 0; time < 3; time += 1)
      expect(await limiter.consume(rule, "a")).toEqual({ allowed: true, retryAfterSec: 0 });
    const refused = await limiter.consume(rule, "a");
    expect(refused.allowed).toBe(false);
    expect(refused.retryAfterSec).toBeGreaterThan(0);
    expect(refused.retryAfterSec).toBeLessThanOrEqual(60);
    await limiter.close();
  });

  test("counts keys and rules apart", async () => {
    const limiter = await create();
    for (let time = 0; time < 4; time += 1) await limiter.consume(rule, "a");
    expect((await limiter.consume(rule, "b")).allowed).toBe(true);
    expect((await limiter.consume({ ...rule, name: "other" }, "a")).allowed).toBe(true);
    await limiter.close();
  });

  test("of many at once lets exactly the points through", async () => {
    const limiter = await create();
    const results = await Promise.all(Array.from({ length: 50 }, () => limiter.consume(rule, "a")));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(3);
    await limiter.close();
  });

  test("a block lasts longer than the window where the rule says so, and a reset ends it", async () => {
    const limiter = await create();
    const strict = { ...rule, name: "strict", blockSec: 600 };
    for (let time = 0; time < 3; time += 1) await limiter.consume(strict, "a");
    expect((await limiter.consume(strict, "a")).retryAfterSec).toBeGreaterThan(60);
    await limiter.reset(strict, "a");
    expect((await limiter.consume(strict, "a")).allowed).toBe(true);
    await limiter.close();
  });
});
