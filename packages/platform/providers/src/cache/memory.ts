import { LRUCache } from "lru-cache";
import type { Cache } from "@turnpike/core";

/** A cache within one process: at most `maxEntries`, the least recently used goes first. */
export function createMemoryCache(maxEntries = 10_000): Cache {
  const entries = new LRUCache<string, string>({ max: maxEntries });
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
