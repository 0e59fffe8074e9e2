import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Cache } from "@turnpike/core";
import type { RedisLink } from "../redis/link.ts";

const prefix = "turnpike:cache:";
/** `[until, value]`; `until` in milliseconds since 1970. */
const Entry = z.tuple([z.number(), z.unknown()]);

/**
 * A cache that all instances share. While Redis is away every read is a miss and every write is nothing; it never throws.
 * An entry carries the time until which it is believed, so that a write that Redis carries out late lives no longer. A
 * delete that does not reach Redis is made up for when it returns; until then this process does not believe the entry,
 * and the others believe it at most until its time is over.
 */
export function createRedisCache(link: RedisLink, now: () => number = Date.now): Cache {
  const undeleted = new LRUCache<string, true>({ max: 10_000 });
  const remove = (keys: string[]): Promise<void> =>
    link
      .run((client) => client.unlink(keys.map((key) => prefix + key)))
      .then(
        () => keys.forEach((key) => undeleted.delete(key)),
        () => keys.forEach((key) => undeleted.set(key, true)),
      );
  link.onReturn(() => {
    const keys = [...undeleted.keys()];
    if (keys.length > 0) void remove(keys);
  });
  return {
    async get(key) {
      if (undeleted.has(key)) return undefined;
      const text = await link.run((client) => client.get(prefix + key)).catch(() => null);
      const entry = Entry.safeParse(jsonOf(text)).data;
      if (!entry || undeleted.has(key)) return undefined;
      const [until, value] = entry;
      return now() < until ? value : undefined;
    },
    async set(key, value, ttlSec) {
      const ttlMs = Math.ceil(ttlSec * 1000);
      const text = JSON.stringify([now() + ttlMs, value]);
      await link
        .run((client) => client.set(prefix + key, text, "PX", ttlMs))
        .then(
          () => undeleted.delete(key),
          () => undefined,
        );
    },
    delete: (key) => remove([key]),
    async close() {
      undeleted.clear();
    },
  };
}

function jsonOf(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
