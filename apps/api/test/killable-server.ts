import { fileURLToPath } from "node:url";
import { startServerProcess } from "@turnpike/testing";
import type { ServerProcess } from "@turnpike/testing";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Starts `main.ts`, or the program given as `file`, as a process of its own, which a test may kill. */
export function startKillableServer(env: Record<string, string>, file = main): Promise<ServerProcess> {
  return startServerProcess(file, env);
}
