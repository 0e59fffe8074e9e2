import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { buildBundle } from "../scripts/build-bundle.ts";

/** The production bundle in a folder of its own, outside the repository and far from any node_modules. */
export interface Bundle extends AsyncDisposable {
  folder: string;
  main: string;
  metafile: Metafile;
  /** Runs it to its end with nothing but this environment, and answers what it said. */
  run(args: string[], env: Record<string, string>): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

/** Builds the bundle. */
export async function makeBundle(): Promise<Bundle> {
  const parent = await mkdtemp(join(tmpdir(), "turnpike-bundle-"));
  const folder = join(parent, "app");
  const metafile = await buildBundle(folder);
  const main = join(folder, "main.js");
  return {
    folder,
    main,
    metafile,
    run: (args, env) => run(main, args, { cwd: folder, env, timeout: 30_000 }),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

function run(main: string, args: string[], options: { cwd: string; env: Record<string, string>; timeout: number }) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve, reject) => {
    const child = execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      if (child.exitCode === null) return reject(new Error(`it did not end by itself: ${stdout}${stderr}`));
      resolve({ exitCode: child.exitCode, stdout, stderr });
    });
  });
}
