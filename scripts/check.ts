import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeResult, runSteps } from "./check/run-steps.ts";
import { createSteps } from "./check/steps.ts";

const help = `pnpm check [STEP…]

Holds the repository against its rules: format, lint, types, layout, generated files, database types, dead code.
Each step prints one line with its time, and below it what is wrong and where. Ends with 1 when anything is.
Name steps to run only those: pnpm check layout types
`;

const { values, positionals } = parseArgs({ options: { help: { type: "boolean" } }, allowPositionals: true });
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const all = createSteps(resolve(import.meta.dirname, ".."));
const unknown = positionals.filter((name) => !all.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(", ")}. There are: ${all.map((step) => step.name).join(", ")}.`);
  process.exit(2);
}
const steps = positionals.length > 0 ? all.filter((step) => positionals.includes(step.name)) : all;
const atOnce = Math.min(2, availableParallelism());
const results = await runSteps(steps, atOnce, (result) => {
  for (const line of describeResult(result)) console.log(line);
});
const failed = results.filter(({ findings }) => findings.length > 0);
if (failed.length > 0) {
  console.error(`${failed.length} of ${results.length} failed: ${failed.map(({ name }) => name).join(", ")}`);
  process.exitCode = 1;
}
