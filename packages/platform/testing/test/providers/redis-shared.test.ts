import { expect, test, vi } from "vitest";
import { useRedis } from "./support/redis-bed.ts";

const redis = useRedis();
const rule = { name: "shared", points: 3, durationSec: 60 };

test("what one process caches another one reads, and forgets when either deletes it", async () => {
  const [one, other] = await Promise.all([redis.open(), redis.open()]);
  await one.cache.set("a", { count: 1 }, 60);
  expect(await other.cache.get("a")).toEqual({ count: 1 });
  await other.cache.delete("a");
  expect(await one.cache.get("a")).toBeUndefined();
});

test("Redis itself forgets an entry when its time is over", async () => {
  const { cache } = await redis.open();
  await cache.set("a", 1, 60);
  const leftMs = Number.parseInt((await redis.server().command("PTTL turnpike:cache:a")).slice(1), 10);
  expect(leftMs).toBeGreaterThan(50_000);
  expect(leftMs).toBeLessThanOrEqual(60_000);
});

test("an entry that Redis kept too long, or that is not ours, is a miss", async () => {
  const { cache } = await redis.open();
  const put = (key: string, text: string) => redis.server().command(`SET turnpike:cache:${key} ${text}`);
  await put("young", `[${Date.now() + 60_000},1]`);
  await put("old", `[${Date.now() - 1},1]`);
  await put("strange", "{");
  expect(await cache.get("young")).toBe(1);
  expect(await cache.get("old")).toBeUndefined();
  expect(await cache.get("strange")).toBeUndefined();
});

test("two processes count one limit, and a reset in one ends it in the other", async () => {
  const [one, other] = await Promise.all([redis.open(), redis.open()]);
  const taken = await Promise.all(
    [one, other, one, other].map(async ({ rateLimit }) => (await rateLimit.consume(rule, "a")).allowed),
  );
  expect(taken.filter(Boolean)).toHaveLength(3);
  await one.rateLimit.reset(rule, "a");
  expect((await other.rateLimit.consume(rule, "a")).allowed).toBe(true);
});

test("a message reaches each process once, its own too, and never one that has left", async () => {
  const [one, other] = await Promise.all([redis.open(), redis.open()]);
  const heard: [string, unknown][] = [];
  await one.bus.subscribe("a", (message) => heard.push(["one", message]));
  const leave = await other.bus.subscribe("a", (message) => heard.push(["other", message]));
  await one.bus.publish("a", { id: 1 });
  await other.bus.publish("a", { id: 2 });
  await vi.waitFor(() => expect(heard).toHaveLength(4));
  await leave();
  expect(await redis.server().command("PUBSUB NUMSUB turnpike:bus:0:a")).toMatch(/:1\r\n$/);
  await one.bus.publish("a", { id: 3 });
  expect(heard.filter(([name]) => name === "one").map(([, message]) => message)).toEqual([
    { id: 1 },
    { id: 2 },
    { id: 3 },
  ]);
  expect(heard.filter(([name]) => name === "other")).toHaveLength(2);
});

test("a message that is none of ours is logged and reaches nobody", async () => {
  const { bus, log } = await redis.open();
  const heard: unknown[] = [];
  await bus.subscribe("strange", (message) => heard.push(message));
  expect(await redis.server().command("PUBLISH turnpike:bus:0:strange nonsense")).toBe(":1\r\n");
  await vi.waitFor(() => expect(log.entries.map(({ event }) => event)).toContain("bus.message_not_ours"));
  expect(heard).toEqual([]);
});

test("nothing connects before it is used", async () => {
  const before = await connections();
  const { cache } = await redis.open();
  expect(await connections()).toBe(before);
  await cache.get("a");
  expect(await connections()).toBe(before + 1);
});

/** How many connections of ours Redis has. */
async function connections(): Promise<number> {
  const names = await redis.server().command("CLIENT LIST");
  return names.split("\n").filter((line) => line.includes("name=turnpike-")).length;
}
