import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs `pnpm install` in the workspace, so that new dependencies resolve. Errors: pnpm's own exit code and output. */
export async function installWorkspace(root: string): Promise<void> {
  const viaPnpm = process.env["npm_execpath"];
  const isPnpm = viaPnpm !== undefined && /pnpm(\.[a-z]+)?$/.test(viaPnpm);
  const [command, ...prefix] = isPnpm ? [viaPnpm] : ["npx", "-y", "pnpm@12.21.0"];
  const args = [...prefix, "install", "--no-frozen-lockfile", "--prefer-offline"];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`pnpm install failed with exit code ${child.exitCode}:\n${output}`);
}
