import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { missing, startFaultBed } from "./fault-bed.ts";
import type { FaultBed } from "./fault-bed.ts";
import { inParallel, percentile } from "./load.ts";
import { expectCalmLog } from "./look.ts";

let bed: FaultBed;
beforeAll(async () => {
  if (!missing) bed = await startFaultBed();
});
beforeEach((ctx) => {
  if (missing) ctx.skip(missing);
});
afterAll(() => bed?.close());

test.each([
  ["gone", "198.51.100.1", () => bed.redis.kill()],
  ["frozen", "198.51.100.2", async () => bed.redis.freeze()],
])("while Redis is %s a limit still holds", async (_state, address, enter) => {
  await bed.redis.restart();
  await enter();
  const from = { "x-forwarded-for": address };
  const answers = await inParallel(Array.from({ length: 640 }), 8, () => bed.get("/trpc/products.list", from));
  const allowed = answers.filter(({ status }) => status === 200);
  const limited = answers.filter(({ status }) => status === 429);
  expect([allowed.length, limited.length]).toEqual([600, 40]);
  expect(limited.every(({ retryAfterSec }) => (retryAfterSec ?? 0) > 0)).toBe(true);
});

test.each([
  ["CLIENT PAUSE 3000 ALL", "everything is held back"],
  ["CLIENT PAUSE 3000 WRITE", "only writes are held back, so that it seems to live"],
])("%s: %s, and only those who were on their way wait for a time-out", async (pause) => {
  await bed.redis.restart();
  await expect.poll(async () => (await bed.get("/readyz")).body, { timeout: 10_000 }).toContain('"redis":"up"');
  await bed.redis.command(pause);
  const until = performance.now() + 2500;
  const durations: number[] = [];
  const width = 4;
  await inParallel(Array.from({ length: width }), width, async (_item, lane) => {
    for (let call = 0; performance.now() < until; call += 1) {
      const answer = await bed.get("/trpc/products.list", {
        "x-forwarded-for": `203.0.113.${lane * 50 + (call % 50)}`,
      });
      expect(answer.status).toBe(200);
      durations.push(answer.durationMs);
    }
  });
  // Where each call had a time-out of its own, each would take half a second.
  expect(durations.length).toBeGreaterThan(50);
  expect(percentile(durations, 0.9)).toBeLessThan(400);
  expect(Math.max(...durations)).toBeLessThan(1500);
  expectCalmLog(bed);
});
