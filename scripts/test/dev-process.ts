import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const script = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** A script of ours as its own process group in a folder of its own. */
export interface ScriptProcess {
  child: ChildProcess;
  pid: number;
  /** What it has printed until now, both streams. */
  output(): string;
  /** Resolves when it has printed this; rejects when it ends before. */
  printed(text: string): Promise<void>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts `scripts/<name>` in `folder`, with nothing in the environment that would replace a stand-in but what is `given`. */
export function startScript(
  name: string,
  folder: string,
  args: string[] = [],
  given: Record<string, string> = {},
): ScriptProcess {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...given };
  const child = spawn(process.execPath, [script("launch.mjs"), script(name), ...args], {
    cwd: folder,
    env,
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, "exit").then(() => ({ code: child.exitCode, signal: child.signalCode }));
  return {
    child,
    pid: child.pid ?? 0,
    output: () => text,
    printed: (wanted) => untilPrinted(child, () => text, wanted),
    exited,
  };
}

function untilPrinted(child: ChildProcess, text: () => string, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => void (text().includes(wanted) && resolve());
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("exit", () => reject(new Error(`ended before it printed ${JSON.stringify(wanted)}:\n${text()}`)));
    look();
  });
}

/** Ids of the processes whose command line names a folder. Linux only. */
export async function processesIn(folder: string): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) =>
      (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).includes(folder) ? Number(id) : undefined,
    ),
  );
  return found.filter((id) => id !== undefined && id !== process.pid).map(Number);
}
