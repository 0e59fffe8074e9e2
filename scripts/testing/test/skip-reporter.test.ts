import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVitest } from "vitest/node";
import { createSkipReporter, describeSkips } from "../skip-reporter.ts";

// Inside the repository, so that the suite finds vitest.
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, "skips-"));
  const suite =
    'import { test } from "vitest"; test("needs Redis", (ctx) => ctx.skip("redis-server is not installed"));';
  await writeFile(join(folder, "redis.test.ts"), suite);
  const platform =
    'import { test } from "vitest"; test("runs", () => {}); test.runIf(false)("needs Windows", () => {});';
  await writeFile(join(folder, "platform.test.ts"), platform);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function runSuite(
  isFailure: boolean,
  include = "redis.test.ts",
): Promise<{ lines: string[]; exitCode: typeof process.exitCode }> {
  const lines: string[] = [];
  const before = process.exitCode;
  const reporters = [createSkipReporter(isFailure, (line) => lines.push(line))];
  const vitest = await startVitest("test", [], {
    root: folder,
    config: false,
    watch: false,
    reporters,
    include: [include],
  });
  const { exitCode } = process;
  await vitest.close();
  process.exitCode = before;
  return { lines, exitCode };
}

test("a skipped suite is named with its reason and fails nothing", async () => {
  const { lines, exitCode } = await runSuite(false);
  expect(lines).toEqual(["skipped  redis.test.ts: redis-server is not installed"]);
  expect(exitCode ?? 0).toBe(0);
});

test("where services are required a skipped suite fails the run", async () => {
  const { lines, exitCode } = await runSuite(true);
  expect(lines.at(-1)).toBe("REQUIRE_SERVICES=1 allows no test to be skipped for want of a service.");
  expect(exitCode).toBe(1);
});

test("a test for another platform is named and fails nothing, services required or not", async () => {
  const { lines, exitCode } = await runSuite(true, "platform.test.ts");
  expect(lines).toEqual(["skipped  platform.test.ts > needs Windows"]);
  expect(exitCode ?? 0).toBe(0);
});

test("many tests skipped for one reason make one line", () => {
  const skipped = ["a", "b"].map((name) => ({ name: `cache.test.ts > ${name}`, reason: "no Redis" }));
  expect(describeSkips(skipped)).toEqual(["skipped  cache.test.ts: no Redis (2 tests)"]);
});
