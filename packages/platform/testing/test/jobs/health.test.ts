import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineModule } from "@turnpike/core";
import { watchJobs } from "@turnpike/jobs";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";

const dig = defineJob({ queue: "garden.dig", schema: z.object({}), handle: async () => undefined });
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules: [defineModule({ name: "garden", jobs: [dig] })], runWorkers: true });
});
afterAll(() => app.close());

const inTenMinutes = () => Date.now() + 600_000;

test("jobs are up while workers look for them", async () => {
  expect(await app.jobs.health()).toBe("up");
});

test("workers that have not looked for minutes are stuck, and jobs are down", async () => {
  const ask = watchJobs(app.jobs.boss, { isWorker: true, now: inTenMinutes });
  expect(await ask()).toBe("down");
});

test("where no job is run it is enough that one can be enqueued", async () => {
  const ask = watchJobs(app.jobs.boss, { isWorker: false, now: inTenMinutes });
  expect(await ask()).toBe("up");
});

test("jobs are degraded while notifications do not come, and up when the connection has held again", async () => {
  // The loss lies back: the workers look by the real clock.
  const clock = { ms: Date.now() - 121_000 };
  const ask = watchJobs(app.jobs.boss, { isWorker: true, now: () => clock.ms });
  app.jobs.boss.emit("error", new Error("LISTEN/NOTIFY connection ended"));
  expect(await ask()).toBe("degraded");
  clock.ms += 30_000;
  expect(await ask()).toBe("degraded");
  clock.ms += 91_000;
  expect(await ask()).toBe("up");
});

test("jobs stay degraded where the database lets nobody listen", async () => {
  const ask = watchJobs(app.jobs.boss, { isWorker: true });
  app.jobs.boss.emit("warning", { message: "no", data: { type: "listen_notify_unavailable" } });
  expect(await ask()).toBe("degraded");
});
