import type { Reporter, TestModule } from "vitest/node";
import type { FaultGroup } from "./fault-suites.ts";

/** One test that has run: the path of its file from the root, and how it ended. */
export interface FaultResult {
  file: string;
  name: string;
  outcome: "held" | "failed" | "skipped";
  durationMs: number;
  /** Why it was skipped, where that was said. */
  reason?: string | undefined;
}

/** Reads the results of a run, in the order of the files. A file that could not even be read is one failed result. */
export function resultsOf(modules: readonly TestModule[]): FaultResult[] {
  return modules.flatMap((module) => {
    const file = module.relativeModuleId;
    const results = [...module.children.allTests()].map((test): FaultResult => {
      const result = test.result();
      const outcome = result.state === "passed" ? "held" : result.state === "skipped" ? "skipped" : "failed";
      const reason = result.state === "skipped" ? result.note : undefined;
      return { file, name: test.fullName, outcome, durationMs: test.diagnostic()?.duration ?? 0, reason };
    });
    const isBroken = module.state() === "failed" && results.every(({ outcome }) => outcome !== "failed");
    return isBroken ? [{ file, name: "the suite itself", outcome: "failed", durationMs: 0 }, ...results] : results;
  });
}

/**
 * The lines of the list: each fault with what was shown of it, and at last the count. `problems` are what makes the list
 * untrue: suites that are named and were not found.
 */
export function describeFaults(
  groups: readonly FaultGroup[],
  results: readonly FaultResult[],
): { lines: string[]; problems: string[] } {
  const problems: string[] = [];
  const lines: string[] = [];
  for (const { fault, suites } of groups) {
    const found = results.filter(({ file }) => suites.some((suite) => file.startsWith(suite)));
    const missing = suites.filter((suite) => !found.some(({ file }) => file.startsWith(suite)));
    problems.push(...missing.map((suite) => `${suite}: no test ran there`));
    lines.push("", fault, ...found.map(describe));
  }
  const count = (outcome: FaultResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  lines.push("", `${count("held")} held, ${count("failed")} failed, ${count("skipped")} skipped`);
  return { lines, problems };
}

function describe({ outcome, name, durationMs, reason }: FaultResult): string {
  const word = outcome === "failed" ? "FAILED" : outcome;
  const rest = outcome === "skipped" ? (reason ?? "") : `${(durationMs / 1000).toFixed(1)} s`;
  return `  ${word.padEnd(7)}  ${name}${rest ? `  (${rest})` : ""}`;
}

/** Prints the list at the end of a run. A named suite that did not run, or an error outside any test, fails it. */
export function createFaultList(groups: readonly FaultGroup[], print: (line: string) => void): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const { lines, problems } = describeFaults(groups, resultsOf(modules));
      for (const line of lines) print(line);
      if (unhandledErrors.length > 0) problems.push(`${unhandledErrors.length} errors that no test caught`);
      for (const problem of problems) print(`problem  ${problem}`);
      if (problems.length > 0) process.exitCode = 1;
    },
  };
}
