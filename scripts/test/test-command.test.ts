import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

test("the test command runs the files it is given and ends with the runner's count, without colors", async () => {
  const args = ["scripts/launch.mjs", "scripts/test.ts", "scripts/check/test/run-steps.test.ts"];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  expect(stdout).toMatch(/ Test Files {2}1 passed \(1\)\n +Tests {2}5 passed \(5\)\n/);
  expect(stdout).not.toContain("\u001b[");
});

test("a file that does not exist fails the command", async () => {
  const args = ["scripts/launch.mjs", "scripts/test.ts", "no-such-file.test.ts"];
  await expect(run(process.execPath, args, { cwd: root })).rejects.toMatchObject({ code: 1 });
});
