import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";
import { AppError, isDatabaseDown } from "@turnpike/core";

/** A script was called with the wrong words; the message says how to call it. */
export class UsageError extends Error {
  override name = "UsageError";
}

interface Script<O extends ParseArgsOptionsConfig> {
  /** The whole help text. */
  help: string;
  options: O;
  /** What the one positional argument is called in an error; absent: there is none. */
  argument?: string;
  /** What one of any number of positional arguments is called; absent: there is at most the one. */
  manyArguments?: string;
  run(args: {
    values: ReturnType<typeof parseArgs<{ options: O }>>["values"];
    argument: string;
    /** All positional arguments. */
    list: string[];
  }): Promise<void>;
}

/**
 * Runs a script's life: `--help`, arguments, exit codes. 0: done · 1: it could not be done, the reason is on standard error ·
 * 2: called wrongly. LOG_LEVEL=debug adds where a failure came from.
 */
export async function runScript<const O extends ParseArgsOptionsConfig>(script: Script<O>): Promise<void> {
  try {
    if (process.argv.includes("--help")) return void process.stdout.write(script.help);
    const { values, positionals } = parse(script.options);
    const [argument = "", ...rest] = positionals;
    const isCountRight = rest.length === 0 && (argument !== "") === (script.argument !== undefined);
    if (!isCountRight && !script.manyArguments) {
      throw new UsageError(
        script.argument ? `Give one ${script.argument}.` : `Not understood: ${positionals.join(" ")}`,
      );
    }
    await script.run({ values, argument, list: positionals });
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`\n${explain(error)}\n${isUsage ? `\n${script.help}` : ""}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

function parse<const O extends ParseArgsOptionsConfig>(options: O) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A failure in words: what, why, and which field or variable to look at. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env.LOG_LEVEL === "debug") return error.stack ?? error.message;
  const lines = [error.message || "It could not be done."];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) {
    if (cause.message && !lines.includes(cause.message)) lines.push(`because: ${cause.message}`);
    if (cause instanceof AppError)
      for (const { path, message } of cause.fieldIssues ?? []) lines.push(`${path}: ${message}`);
  }
  if (isDatabaseDown(error)) lines.push("PostgreSQL does not answer there: see DATABASE_URL.");
  return lines.join("\n");
}
