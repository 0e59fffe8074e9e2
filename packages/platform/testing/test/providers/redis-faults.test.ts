import { expect, test, vi } from "vitest";
import type { RedisProcess } from "./support/redis-bed.ts";
import { useRedis } from "./support/redis-bed.ts";

// The runner fails on a rejection that nobody took, so none of these leaves one.
const redis = useRedis();
const rule = { name: "faults", points: 3, durationSec: 60 };
/** One command's time-out, with room for a busy machine; two in a row are over it. */
const onceMs = 900;

async function timed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

/** How many of `count` attempts one key is allowed. */
async function allowedOf({ rateLimit }: RedisProcess, count: number, key = "a"): Promise<number> {
  let allowed = 0;
  for (let time = 0; time < count; time += 1) if ((await rateLimit.consume(rule, key)).allowed) allowed += 1;
  return allowed;
}

const isUp = (process: RedisProcess) =>
  vi.waitFor(async () => expect(await process.status()).toBe("up"), { timeout: 15_000, interval: 20 });
const events = ({ log }: RedisProcess) => log.entries.map(({ event }) => event);

/** What must hold while Redis does not answer: nothing throws, nothing is remembered, limits hold. */
async function expectDegraded(process: RedisProcess): Promise<void> {
  await process.cache.set("while-away", 1, 60);
  expect(await process.cache.get("while-away")).toBeUndefined();
  await process.cache.delete("while-away");
  expect(await allowedOf(process, 10)).toBe(3);
  await process.rateLimit.reset(rule, "a");
  expect(await allowedOf(process, 10)).toBe(3);
  await process.bus.publish("a", "lost");
  expect(events(process)).toContain("bus.publish_failed");
  expect(await process.status()).toBe("degraded");
}

async function expectWhole(process: RedisProcess): Promise<void> {
  await process.cache.set("again", 2, 60);
  expect(await process.cache.get("again")).toBe(2);
  expect(await allowedOf(process, 10, "again")).toBe(3);
}

test("killed and restarted: misses and own limits while it is away, all of it back without a restart", async () => {
  const process = await redis.open();
  await process.cache.set("a", 1, 60);
  expect(await process.cache.get("a")).toBe(1);
  await redis.server().kill();
  expect(await process.cache.get("a")).toBeUndefined();
  await expectDegraded(process);
  await redis.server().restart();
  await isUp(process);
  await expectWhole(process);
  const connection = process.log.entries.filter(({ fields }) => fields["connection"] === "shared");
  expect(connection.map(({ event }) => event)).toEqual(["redis.lost", "redis.back"]);
});

test("never there at start: the same, and it is used as soon as it comes", async () => {
  await redis.server().kill();
  const process = await redis.open();
  const heard: unknown[] = [];
  await process.bus.subscribe("a", (message) => heard.push(message));
  await expectDegraded(process);
  expect(heard).toEqual(["lost"]);
  await redis.server().restart();
  await isUp(process);
  await expectWhole(process);
  const other = await redis.open();
  await vi.waitFor(
    async () => {
      await other.bus.publish("a", "found");
      expect(heard).toContain("found");
    },
    { timeout: 15_000, interval: 50 },
  );
});

test.each([
  ["CLIENT PAUSE", "CLIENT PAUSE 3000 ALL"],
  ["DEBUG SLEEP", "DEBUG SLEEP 3"],
])("%s: one time-out for all who ask, then answers at once, until it is over", async (_name, freeze) => {
  const process = await redis.open();
  await process.cache.set("a", 1, 60);
  const frozen = redis.server().command(freeze);
  await vi.waitFor(async () => expect(await process.cache.get("a")).toBeUndefined(), { interval: 5 });
  const reads = Array.from({ length: 50 }, () => process.cache.get("a"));
  expect(await timed(Promise.all(reads))).toBeLessThan(100);
  expect(await timed(expectDegraded(process))).toBeLessThan(onceMs);
  await frozen;
  await isUp(process);
  expect(await process.cache.get("a")).toBe(1);
  await expectWhole(process);
});

test("a command that Redis does not answer ends within its time-out", async () => {
  const process = await redis.open();
  await process.cache.get("a");
  await redis.server().command("CLIENT PAUSE 1500 ALL");
  expect(await timed(process.cache.get("a"))).toBeLessThan(onceMs);
});

test("a delete that did not reach Redis is made up for when it returns", async () => {
  const process = await redis.open();
  await process.cache.set("a", "old", 60);
  await redis.server().command("CLIENT KILL TYPE normal");
  await process.cache.delete("a");
  expect(await process.cache.get("a")).toBeUndefined();
  await isUp(process);
  expect(await process.cache.get("a")).toBeUndefined();
  await vi.waitFor(async () => expect(await redis.server().command("EXISTS turnpike:cache:a")).toBe(":0\r\n"));
});

test("a write that Redis carries out late is believed no longer than it was meant to be", async () => {
  const process = await redis.open();
  await redis.server().command("CLIENT PAUSE 1500 WRITE");
  await process.cache.set("late", 1, 1);
  await vi.waitFor(async () => expect(await redis.server().command("EXISTS turnpike:cache:late")).toBe(":1\r\n"), {
    timeout: 5000,
    interval: 20,
  });
  await isUp(process);
  expect(await process.cache.get("late")).toBeUndefined();
});

test("subscribers hear other processes again after Redis was killed", async () => {
  const [process, other] = await Promise.all([redis.open(), redis.open()]);
  const heard: unknown[] = [];
  await process.bus.subscribe("a", (message) => heard.push(message));
  await redis.server().restart();
  await vi.waitFor(
    async () => {
      await other.bus.publish("a", "again");
      expect(heard).toContain("again");
    },
    { timeout: 15_000, interval: 50 },
  );
});

test("a subscription that Redis refuses on the way back is logged, and holds when it is taken again", async () => {
  const [process, other] = await Promise.all([redis.open(), redis.open()]);
  const heard: unknown[] = [];
  await process.bus.subscribe("a", (message) => heard.push(message));
  await redis.server().command("ACL SETUSER default -subscribe");
  await redis.server().command("CLIENT KILL TYPE pubsub");
  await vi.waitFor(() => expect(events(process)).toContain("bus.subscribe_failed"), { timeout: 5000 });
  await redis.server().command("ACL SETUSER default +subscribe");
  await process.bus.subscribe("b", () => undefined);
  await other.bus.publish("a", "again");
  await vi.waitFor(() => expect(heard).toEqual(["again"]));
});

test("what is asked after the end is answered like an outage, and opens nothing", async () => {
  const process = await redis.open();
  await process.cache.set("a", 1, 60);
  await process.close();
  expect(await process.cache.get("a")).toBeUndefined();
  expect(await allowedOf(process, 5)).toBe(3);
  await vi.waitFor(async () => expect(await redis.server().command("CLIENT LIST")).not.toContain("name=turnpike-"));
});
