import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, Workspace } from "../workspace.ts";

/** The lock file names packages by integrity alone: a host in it would tie every install to one registry. */
export async function checkLockFile({ root }: Workspace): Promise<Finding[]> {
  const file = "pnpm-lock.yaml";
  const lines = (await readFile(join(root, file), "utf8")).split("\n");
  return lines.flatMap((line, at) =>
    /https?:\/\/|tarball:/.test(line) ? [{ file: `${file}:${at + 1}`, message: `names a host: ${line.trim()}` }] : [],
  );
}
