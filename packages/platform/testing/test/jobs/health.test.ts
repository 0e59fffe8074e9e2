import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineModule } from "@turnpike/core";
import { jobsHealth } from "@turnpike/jobs";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";

// Resolves when the job has begun, with what lets it end.
const digging = Promise.withResolvers<() => void>();
const dig = defineJob({
  queue: "garden.dig",
  schema: z.object({}),
  handle: () => new Promise<void>((finish) => digging.resolve(finish)),
});
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [defineModule({ name: "garden", jobs: [dig] })], runWorkers: true });
});
afterAll(() => app.close());

test("jobs are up while workers look for them and are woken", () => {
  expect(app.jobs.health()).toBe("up");
});

test("jobs that are found by polling only are degraded", () => {
  expect(jobsHealth(app.jobs.boss, { isHeard: false })).toBe("degraded");
});

test("workers that have not looked for minutes are stuck, and jobs are down", () => {
  expect(jobsHealth(app.jobs.boss, { isHeard: true, now: Date.now() + 600_000 })).toBe("down");
});

test("a worker that is at a job need not look for another", async () => {
  await app.ctxOf({ type: "system", job: "test" }).tx((tx) => tx.enqueue(dig, {}));
  const finish = await digging.promise;
  expect(jobsHealth(app.jobs.boss, { isHeard: true, now: Date.now() + 600_000 })).toBe("up");
  finish();
  await app.jobsIdle();
});

test("a process that only enqueues has nothing to look for", async () => {
  const web = await createTestApp({ modules: [] });
  expect(web.jobs.health()).toBe("up");
  await web.close();
});
