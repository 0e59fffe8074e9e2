import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { generate } from "./gen/generate.ts";
import { runScript } from "./stack/run-script.ts";

const root = join(import.meta.dirname, "..");

const help = `pnpm build [--force]

Generates what is generated, then builds apps/api/dist (the production bundle: main.js, its source map, the SQL migrations) and
packages/client/dist. What has not changed since the last build comes out of the cache; --force builds it again.
`;

await runScript({
  help,
  options: { force: { type: "boolean", default: false } },
  async run({ values }) {
    const { problems } = await generate(root, true);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    await runTurbo(values.force ? ["--force"] : []);
  },
});

async function runTurbo(args: string[]): Promise<void> {
  const child = spawn(join(root, "node_modules/.bin/turbo"), ["run", "build", ...args], {
    cwd: root,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    stdio: "inherit",
  });
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error("The build failed; the reason is above.");
}
