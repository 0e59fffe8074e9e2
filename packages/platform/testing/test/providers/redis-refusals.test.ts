import { expect, test, vi } from "vitest";
import { openRedis } from "@turnpike/providers";
import type { RedisProviders } from "@turnpike/providers";
import { createTestLog } from "@turnpike/testing";
import { startFakeRedis } from "./support/fake-redis.ts";
import type { Reaction } from "./support/fake-redis.ts";
import { useRedis } from "./support/redis-bed.ts";
import type { RedisProcess } from "./support/redis-bed.ts";

// The runner fails on a rejection that nobody took, so none of these leaves one.
const redis = useRedis();
const rule = { name: "refusals", points: 3, durationSec: 60 };

async function allowedOf({ rateLimit }: RedisProviders, key: string): Promise<number> {
  let allowed = 0;
  for (let time = 0; time < 10; time += 1) if ((await rateLimit.consume(rule, key)).allowed) allowed += 1;
  return allowed;
}

/** What must hold of a Redis that takes no writes: nothing throws, nothing is remembered, limits hold. */
async function expectNoWrites(process: RedisProviders, key: string): Promise<void> {
  await process.cache.set(key, 1, 60);
  expect(await process.cache.get(key)).toBeUndefined();
  await process.cache.delete(key);
  expect(await allowedOf(process, key)).toBe(3);
  await process.rateLimit.reset(rule, key);
  expect(await allowedOf(process, key)).toBe(3);
  await process.bus.publish("a", "perhaps lost");
}

async function expectWhole(process: RedisProcess, key: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await process.cache.set(key, 2, 60);
      expect(await process.cache.get(key)).toBe(2);
      expect(await process.status()).toBe("up");
    },
    { timeout: 15_000, interval: 50 },
  );
  expect(await allowedOf(process, key)).toBe(3);
}

const command = (text: string) => redis.server().command(text);

test("a password that was changed: an outage until it is changed back, or the process is given the new one", async () => {
  const process = await redis.open();
  await process.cache.set("a", 1, 60);
  await command("CONFIG SET requirepass changed");
  await command("AUTH changed\r\nCLIENT KILL TYPE normal");
  await vi.waitFor(async () => expect(await process.cache.get("a")).toBeUndefined());
  await expectNoWrites(process, "while-locked");
  expect(await process.status()).toBe("degraded");
  const { port } = new URL(redis.server().url);
  const other = await redis.open({ url: `redis://:changed@127.0.0.1:${port}` });
  await expectWhole(other, "with-password");
});

test("memory that is full: reads go on, limits are counted by the process, and it is whole when there is room", async () => {
  const process = await redis.open();
  await process.cache.set("kept", 1, 60);
  await command("CONFIG SET maxmemory 1");
  expect(await process.cache.get("kept")).toBe(1);
  await expectNoWrites(process, "while-full");
  expect(await process.cache.get("kept")).toBe(1);
  await command("CONFIG SET maxmemory 0");
  await expectWhole(process, "with-room");
});

test("a primary that became a replica: no writes, and whole when it is a primary again", async () => {
  const process = await redis.open();
  await process.cache.get("a");
  await command("REPLICAOF 127.0.0.1 1");
  await expectNoWrites(process, "while-replica");
  await command("REPLICAOF NO ONE");
  await expectWhole(process, "as-primary");
});

test("frozen for longer than a connection is believed: bounded waits, and whole when it goes on", async () => {
  const process = await redis.open();
  await process.cache.set("a", 1, 60);
  redis.server().freeze();
  const startedAt = performance.now();
  await expectNoWrites(process, "while-frozen");
  expect(performance.now() - startedAt).toBeLessThan(1500);
  const lost = () => process.log.entries.filter(({ event }) => event === "redis.lost");
  await vi.waitFor(() => expect(lost().length).toBeGreaterThan(0), { timeout: 12_000, interval: 50 });
  const again = performance.now();
  await expectNoWrites(process, "still-frozen");
  expect(performance.now() - again).toBeLessThan(1500);
  redis.server().thaw();
  await expectWhole(process, "thawed");
});

const says =
  (text: string): Reaction =>
  (socket, commands) =>
    void socket.write(text.repeat(commands));

/** Providers on something that is no Redis, or not yet: nothing throws, nothing is believed, limits hold, and the end is clean. */
async function expectNothingBelieved(react: Reaction, isSubscribed: boolean): Promise<void> {
  await using fake = await startFakeRedis(react);
  const process = await openRedis({ url: fake.url, log: createTestLog() });
  if (isSubscribed) await process.bus.subscribe("a", () => undefined);
  const startedAt = performance.now();
  await expectNoWrites(process, "a");
  await process.status();
  expect(performance.now() - startedAt).toBeLessThan(3000);
  await process.close();
}

test.each<[string, Reaction]>([
  ["loads its data", says("-LOADING Redis is loading the dataset in memory\r\n")],
  ["wants a password", says("-NOAUTH Authentication required.\r\n")],
  ["has no room for one more client", (socket) => void socket.end("-ERR max number of clients reached\r\n")],
  ["hangs up", (socket) => void socket.destroy()],
  ["says nothing", () => undefined],
  ["speaks HTTP", says("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")],
  ["speaks no language", says("\0\xff\r\n\x01\x02\r\n")],
])("what listens there %s: an outage like any other", (_name, react) => expectNothingBelieved(react, true));

test.each<[string, Reaction]>([
  ["OK", says("+OK\r\n")],
  ["1", says(":1\r\n")],
  ["nothing found", says("$-1\r\n")],
])("what listens there says %s to everything: no limit is open for it", (_name, react) =>
  expectNothingBelieved(react, false),
);
