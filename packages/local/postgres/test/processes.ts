import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

/** What a held server says of itself. */
export interface Held {
  parent: ChildProcess;
  url: string;
  adopted: boolean;
  dataDir: string;
}

/** Starts a server in a process of its own, which can then be killed. Errors: what the process printed. */
export async function holdServer(dataDir: string, options: SpawnOptions = {}): Promise<Held> {
  const program = fileURLToPath(new URL("./hold-server.ts", import.meta.url));
  const parent = spawn(process.execPath, [program, dataDir], {
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const errors: string[] = [];
  parent.stderr?.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  if (parent.stdout === null) throw new Error("the held server has no output");
  for await (const line of createInterface({ input: parent.stdout })) return { parent, ...parseHeld(line) };
  throw new Error(errors.join(""));
}

/** Kills with SIGKILL and returns when the process is gone. */
export async function killParent(parent: ChildProcess): Promise<void> {
  const gone = once(parent, "exit");
  parent.kill("SIGKILL");
  await gone;
}

/** Process ids whose command line names the folder: servers and supervisors. Ended ones have no command line. */
export async function processesOn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const words = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (words.includes(folder)) found.push(Number(name));
  }
  return found;
}

/** Returns once nothing runs on the folder; fails after 15 s. */
export function waitUntilGone(folder: string): Promise<void> {
  const isGone = async () => {
    const left = await processesOn(folder);
    if (left.length > 0) throw new Error(`still running on ${folder}: ${left.join(", ")}`);
  };
  return vi.waitFor(isGone, { timeout: 15_000, interval: 20 });
}

/** Process id of the server on a data folder, from its pid file. */
export async function serverPid(dataDir: string): Promise<number> {
  return Number((await readFile(`${dataDir}/postmaster.pid`, "utf8")).split("\n")[0]);
}

/** Process id of the parent of a process. */
export async function parentPid(pid: number): Promise<number> {
  return Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function parseHeld(line: string): Omit<Held, "parent"> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new Error(line);
  if (!("url" in value) || !("adopted" in value) || !("dataDir" in value)) throw new Error(line);
  return { url: String(value.url), adopted: value.adopted === true, dataDir: String(value.dataDir) };
}
