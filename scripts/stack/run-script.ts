import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";

/** A script was called with the wrong words; the message says how to call it. */
export class UsageError extends Error {
  override name = "UsageError";
}

interface Script<O extends ParseArgsOptionsConfig> {
  /** The whole help text. */
  help: string;
  options: O;
  run(args: { values: ReturnType<typeof parseArgs<{ options: O }>>["values"]; positionals: string[] }): Promise<void>;
}

/**
 * Runs a script's life: `--help`, arguments, exit codes. 0: done · 1: it could not be done, the reason is on standard error ·
 * 2: called wrongly.
 */
export async function runScript<const O extends ParseArgsOptionsConfig>(script: Script<O>): Promise<void> {
  try {
    if (process.argv.includes("--help")) return void process.stdout.write(script.help);
    await script.run(parse(script.options));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${script.help}` : ""}`,
    );
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
