import type { Reporter, TestModule } from "vitest/node";

/** A skipped test: its file and name, and the reason given to `ctx.skip(reason)` where one was. */
export interface SkippedTest {
  name: string;
  reason: string | null;
}

/** Finds the tests of a run that were skipped, in the order of the files. */
export function findSkipped(modules: readonly TestModule[]): SkippedTest[] {
  return modules.flatMap((module) =>
    [...module.children.allTests("skipped")].map((test) => {
      const result = test.result();
      const reason = result.state === "skipped" ? (result.note ?? null) : null;
      return { name: `${module.relativeModuleId} > ${test.fullName}`, reason };
    }),
  );
}

/** The lines to print: one per file and reason, since a missing service skips whole suites. */
export function describeSkips(skipped: readonly SkippedTest[]): string[] {
  const counts = new Map<string, number>();
  for (const { name, reason } of skipped) {
    const key = reason === null ? name : `${name.split(" > ")[0]}: ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `skipped  ${key}${count > 1 ? ` (${count} tests)` : ""}`);
}

/**
 * Says which tests were skipped and why, before the runner's own count. With `isFailure`, which is what
 * `REQUIRE_SERVICES=1` asks for, a skip with a reason fails the run: a service is missing. One without (`runIf`, `skipIf`)
 * is for another platform or user and fails nothing.
 */
export function createSkipReporter(isFailure: boolean, print: (line: string) => void): Reporter {
  let isFiltered = false;
  return {
    onInit(vitest) {
      // `-t` leaves out tests by name and calls them skipped too.
      isFiltered = vitest.config.testNamePattern !== undefined;
    },
    onTestRunEnd(modules) {
      const skipped = isFiltered ? [] : findSkipped(modules);
      for (const line of describeSkips(skipped)) print(line);
      if (!isFailure || skipped.every(({ reason }) => reason === null)) return;
      print("REQUIRE_SERVICES=1 allows no test to be skipped for want of a service.");
      process.exitCode = 1;
    },
  };
}
