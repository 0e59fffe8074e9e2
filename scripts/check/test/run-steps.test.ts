import { expect, test } from "vitest";
import { describeResult, runSteps } from "../run-steps.ts";
import { createSteps, runTool } from "../steps.ts";

test("every step is run and reported, and one that throws has failed with its message", async () => {
  const reported: string[] = [];
  const steps = [
    { name: "good", run: async () => [] },
    { name: "bad", run: async () => ["a.ts: is wrong"] },
    { name: "broken", run: () => Promise.reject(new Error("no such tool")) },
  ];
  const results = await runSteps(steps, 2, (result) => reported.push(result.name));
  expect(reported.toSorted()).toEqual(["bad", "broken", "good"]);
  expect(results.map(({ findings }) => findings)).toEqual([[], ["a.ts: is wrong"], ["no such tool"]]);
});

test("a result says its verdict, its time and what was found", () => {
  expect(describeResult({ name: "types", findings: [], durationMs: 1234 })).toEqual(["ok    types              1.2 s"]);
  expect(describeResult({ name: "types", findings: ["a.ts: is wrong"], durationMs: 20 })).toEqual([
    "FAIL  types              0.0 s",
    "      a.ts: is wrong",
  ]);
});

test("a tool that fails answers its output and its exit code, one that succeeds answers nothing", async () => {
  const script = 'console.log("found"); process.exit(3)';
  expect(await runTool(".", process.execPath, ["-e", script], 30)).toEqual(["found", "ended with 3"]);
  expect(await runTool(".", process.execPath, ["-e", 'console.log("fine")'], 30)).toEqual([]);
});

test("a tool that is missing or does not end has failed", async () => {
  expect(await runTool(".", "/nowhere/tool", [], 30)).toEqual([expect.stringContaining("/nowhere/tool")]);
  expect(await runTool(".", process.execPath, ["-e", "setInterval(() => {}, 1000)"], 0.5)).toEqual([
    "did not end within 0.5 s",
  ]);
});

test("the check holds format, lint, types, layout, generated files, database types and dead code", () => {
  const names = createSteps(".").map((step) => step.name);
  expect(names.toSorted()).toEqual([
    "database types",
    "dead code",
    "format",
    "generated files",
    "layout",
    "lint",
    "types",
  ]);
});
