import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { generate } from "../gen/generate.ts";
import { checkLayout } from "./layout.ts";

/** One part of `pnpm check`. `run` answers what is wrong, one line each, none when all is well. */
export interface Step {
  name: string;
  run(): Promise<string[]>;
}

/** The parts of the check, the slow ones first. `root` is the repository. */
export function createSteps(root: string): Step[] {
  const tool = (name: string, args: string[], timeoutSec: number): Step["run"] => {
    const bin = join(root, "node_modules/.bin", name);
    return () => runTool(root, bin, args, timeoutSec);
  };
  return [
    { name: "lint", run: tool("oxlint", ["--type-aware", "apps", "packages", "scripts", "vitest.config.ts"], 240) },
    { name: "types", run: tool("tsc", ["--noEmit"], 240) },
    { name: "dead code", run: tool("knip", ["--no-progress", "--no-config-hints"], 120) },
    { name: "database types", run: () => checkDatabaseTypes(root) },
    { name: "generated files", run: () => checkGenerated(root) },
    { name: "layout", run: () => checkLayout(root) },
    { name: "format", run: tool("oxfmt", ["--check"], 60) },
  ];
}

async function checkGenerated(root: string): Promise<string[]> {
  const { changes, problems } = await generate(root, false);
  return [...changes.map((change) => `${change} is out of date; run pnpm gen`), ...problems];
}

// Needs a freshly migrated database, which the script that writes the types knows how to get.
async function checkDatabaseTypes(root: string): Promise<string[]> {
  const script = join(root, "scripts/db-types.ts");
  if (!existsSync(script)) return ["scripts/db-types.ts is missing"];
  return runTool(root, process.execPath, [script, "--check"], 180);
}

/** Runs a command and answers its output as lines when it fails, nothing when it ends with 0. Ends it after its time. */
export async function runTool(root: string, command: string, args: string[], timeoutSec: number): Promise<string[]> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutSec * 1000);
    const env = { ...process.env, NO_COLOR: "1", DO_NOT_TRACK: "1" };
    const child = spawn(command, args, { cwd: root, env, signal, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      resolve([signal.aborted ? `did not end within ${timeoutSec} s` : `${command}: ${error.message}`]);
    });
    child.on("close", (exitCode) => {
      const lines = Buffer.concat(chunks).toString().trimEnd().split("\n");
      resolve(exitCode === 0 ? [] : [...lines, `ended with ${exitCode}`]);
    });
  });
}
