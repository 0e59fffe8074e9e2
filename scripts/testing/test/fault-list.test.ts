import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startVitest } from "vitest/node";
import { createFaultList, describeFaults } from "../fault-list.ts";

const groups = [
  { fault: "The roof leaks", suites: ["house/roof"] },
  { fault: "The door sticks", suites: ["house/door.test.ts"] },
];

test("each fault is listed with what was shown of it, and then the count", () => {
  const { lines, problems } = describeFaults(groups, [
    { file: "house/roof-tiles.test.ts", name: "the beds stay dry", outcome: "held", durationMs: 1240 },
    { file: "house/roof-tiles.test.ts", name: "the floor stays dry", outcome: "failed", durationMs: 400 },
    { file: "house/door.test.ts", name: "guests get in", outcome: "skipped", durationMs: 0, reason: "no guests" },
  ]);
  expect(lines).toEqual([
    "",
    "The roof leaks",
    "  held     the beds stay dry  (1.2 s)",
    "  FAILED   the floor stays dry  (0.4 s)",
    "",
    "The door sticks",
    "  skipped  guests get in  (no guests)",
    "",
    "1 held, 1 failed, 1 skipped",
  ]);
  expect(problems).toEqual([]);
});

test("a suite that is named and did not run is a problem", () => {
  const { problems } = describeFaults(groups, [
    { file: "house/door.test.ts", name: "guests get in", outcome: "held", durationMs: 1 },
  ]);
  expect(problems).toEqual(["house/roof: no test ran there"]);
});

/** Runs one suite of this text and returns what the list said of it. */
async function listOf(suite: string): Promise<{ lines: string[]; exitCode: typeof process.exitCode }> {
  // Inside the repository, so that the suite finds vitest.
  const folder = await mkdtemp(join(import.meta.dirname, "faults-"));
  const lines: string[] = [];
  const before = process.exitCode;
  try {
    await writeFile(join(folder, "roof.test.ts"), suite);
    const reporters = [createFaultList([{ fault: "The roof leaks", suites: ["roof"] }], (line) => lines.push(line))];
    const options = { root: folder, config: false, watch: false, reporters, include: ["*.test.ts"] } as const;
    const vitest = await startVitest("test", [], { ...options, include: ["*.test.ts"] });
    const { exitCode } = process;
    await vitest.close();
    return { lines, exitCode };
  } finally {
    process.exitCode = before;
    await rm(folder, { recursive: true, force: true });
  }
}

test("a suite that fails before its tests is told as failed", async () => {
  const { lines, exitCode } = await listOf(
    'import { test } from "vitest"; throw new Error("rot"); test("dry", () => {});',
  );
  expect(lines).toContain("  FAILED   the suite itself  (0.0 s)");
  expect(exitCode).toBe(1);
});

test("an error that no test caught fails a list of which all held", async () => {
  const suite = 'import { test } from "vitest"; test("dry", () => { void Promise.reject(new Error("rot")); });';
  const { lines, exitCode } = await listOf(suite);
  expect(lines.at(-1)).toBe("problem  1 errors that no test caught");
  expect(exitCode).toBe(1);
});
