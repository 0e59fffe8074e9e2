import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { generate } from "./gen/generate.ts";

const root = resolve(import.meta.dirname, "..");

const { changes, problems } = await generate(root, true);
for (const change of changes) console.log(`wrote  ${change}`);
for (const problem of problems) console.error(`error  ${problem}`);
if (problems.length > 0) process.exit(1);

// Not among what vitest exports, and what its own command starts.
const runner = resolve(root, "node_modules/vitest/vitest.mjs");
const child = spawn(process.execPath, [runner, "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    NODE_ENV: "test",
    TZ: "UTC",
    // The runner colors its count even into a pipe, where a program reads it.
    ...(!process.stdout.isTTY && { NO_COLOR: "1" }),
  },
});
// The runner is in the same process group and gets the terminal's signal itself; leaving first would orphan it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("close", (exitCode) => {
  process.exitCode = exitCode ?? 1;
});
