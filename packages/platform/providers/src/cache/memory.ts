import { LRUCache } from "lru-cache";
import type { Cache } from "@turnpike/core";

interface MemoryCacheOptions {
  /** The least recently used go beyond this. */
  maxEntries?: number;
  /** Milliseconds on a clock that only goes forward. */
  now?: () => number;
}

/** A cache within one process. */
export function createMemoryCache({
  maxEntries = 10_000,
  now = () => performance.now(),
}: MemoryCacheOptions = {}): Cache {
  const entries = new LRUCache<string, string>({ max: maxEntries, ttlResolution: 0, perf: { now } });
  return {
    async get(key) {
      const text = entries.get(key);
      const value: unknown = text === undefined ? undefined : JSON.parse(text);
      return value;
    },
    async set(key, value, ttlSec) {
      entries.set(key, JSON.stringify(value), { ttl: ttlSec * 1000 });
    },
    async delete(key) {
      entries.delete(key);
    },
    async close() {
      entries.clear();
    },
  };
}
