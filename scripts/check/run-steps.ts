import type { Step } from "./steps.ts";

/** How a step ended. `durationMs` is wall time. */
export interface StepResult {
  name: string;
  findings: string[];
  durationMs: number;
}

/**
 * Runs the steps, a few at a time, and reports each as it ends. A step that throws has failed with what it threw.
 * Answers all results in the order of the steps.
 */
export async function runSteps(
  steps: readonly Step[],
  atOnce: number,
  report: (result: StepResult) => void,
): Promise<StepResult[]> {
  const results = new Map<string, StepResult>();
  const queue = [...steps];
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const startedAt = performance.now();
      const findings = await step
        .run()
        .catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
      const result = { name: step.name, findings, durationMs: performance.now() - startedAt };
      results.set(step.name, result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return steps.flatMap(({ name }) => results.get(name) ?? []);
}

/** The lines of a result: one with the time, then what was found. */
export function describeResult({ name, findings, durationMs }: StepResult): string[] {
  const seconds = (durationMs / 1000).toFixed(1);
  const verdict = findings.length === 0 ? "ok  " : "FAIL";
  return [`${verdict}  ${name.padEnd(16)} ${seconds.padStart(5)} s`, ...findings.map((line) => `      ${line}`)];
}
