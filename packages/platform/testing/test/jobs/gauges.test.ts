import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineJob, defineModule } from "@turnpike/core";
import { createTestApp } from "@turnpike/testing";
import type { TestApp } from "@turnpike/testing";

const dig = defineJob({
  queue: "garden.dig",
  schema: z.object({ depth: z.number() }),
  retryLimit: 0,
  handle: async () => Promise.reject(new Error("the ground is hard")),
});
const modules = [defineModule({ name: "garden", jobs: [dig] })];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ modules, runWorkers: true });
});
afterAll(() => app.close());

const enqueue = (data: { depth: number }, startAfter?: Date) =>
  app
    .ctxOf({ type: "system", job: "test" })
    .tx((tx) => tx.enqueue(dig, data, startAfter === undefined ? {} : { startAfter }));

const valueOf = async (gauge: string): Promise<unknown> => {
  const samples = (await app.jobs.gauges.read())[gauge];
  return Array.isArray(samples) ? samples : undefined;
};
const of = (value: unknown) => [{ labels: { queue: "garden.dig" }, value }];

test("a job that failed for good counts for the queue it came from", async () => {
  expect(await valueOf("turnpike_jobs_dead_letters")).toEqual(of(0));
  await enqueue({ depth: 1 });
  await vi.waitFor(async () => expect(await valueOf("turnpike_jobs_dead_letters")).toEqual(of(1)), { timeout: 10_000 });
});

test("a job whose time has not come is not due; one that nobody takes lags", async () => {
  await enqueue({ depth: 2 }, new Date(Date.now() + 3_600_000));
  expect(await valueOf("turnpike_jobs_due")).toEqual(of(0));
  expect(await valueOf("turnpike_jobs_lag_seconds")).toEqual(of(0));
  await app.jobs.boss.offWork("garden.dig");
  await sql`update pgboss.job set start_after = now() - interval '90 seconds' where name = 'garden.dig' and state = 'created'`.execute(
    app.owner,
  );
  expect(await valueOf("turnpike_jobs_due")).toEqual(of(1));
  expect(await valueOf("turnpike_jobs_lag_seconds")).toEqual(of(expect.closeTo(90, -1)));
});
