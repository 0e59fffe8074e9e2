import { describe, expect, test } from "vitest";
import type { Cache } from "@turnpike/core";
import { createMemoryCache } from "@turnpike/providers";
import { useRedis } from "./support/redis-bed.ts";

interface TestCache {
  cache: Cache;
  /** Lets time go by. */
  pass: (sec: number) => void;
}

/** What every cache must do; each provider is put through it. */
const implementations: Record<string, () => () => Promise<TestCache>> = {
  memory: () => async () => {
    let nowMs = 1000;
    return { cache: createMemoryCache({ now: () => nowMs }), pass: (sec) => void (nowMs += sec * 1000) };
  },
  redis: () => {
    const redis = useRedis();
    return async () => {
      let aheadMs = 0;
      const { cache } = await redis.open({ now: () => Date.now() + aheadMs });
      return { cache, pass: (sec) => void (aheadMs += sec * 1000) };
    };
  },
};

describe.each(Object.entries(implementations))("%s cache", (_name, prepare) => {
  const create = prepare();

  test("gives back what was set, and undefined for what was not", async () => {
    const { cache } = await create();
    await cache.set("a", { list: [1, null, "x"] }, 60);
    expect(await cache.get("a")).toEqual({ list: [1, null, "x"] });
    expect(await cache.get("b")).toBeUndefined();
    await cache.close();
  });

  test("what it gives back is a copy", async () => {
    const { cache } = await create();
    const value = { count: 1 };
    await cache.set("a", value, 60);
    value.count = 2;
    expect(await cache.get("a")).toEqual({ count: 1 });
    await cache.close();
  });

  test("forgets what was deleted, and what is past its time", async () => {
    const { cache, pass } = await create();
    await cache.set("a", 1, 60);
    await cache.set("b", 2, 60);
    await cache.delete("a");
    expect(await cache.get("a")).toBeUndefined();
    pass(61);
    expect(await cache.get("b")).toBeUndefined();
    await cache.close();
  });
});

test("the memory cache forgets the least recently used beyond its size", async () => {
  const cache = createMemoryCache({ maxEntries: 2 });
  await cache.set("a", 1, 60);
  await cache.set("b", 2, 60);
  await cache.get("a");
  await cache.set("c", 3, 60);
  expect([await cache.get("a"), await cache.get("b"), await cache.get("c")]).toEqual([1, undefined, 3]);
});
