import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { exists, findText } from "./files.ts";
import { findSharedDir } from "./native-copy.ts";
import { findRunning, stopServer } from "./postmaster.ts";
import type { RunAs } from "./run-as.ts";

const NOTE = "placed-for";

/** Path of the cluster of a folder that the server's user cannot get to. Nothing is made there yet. */
export async function nameElsewhere(asked: string, sharedDirs: string[]): Promise<string> {
  const shared = await findSharedDir(sharedDirs);
  if (shared === null) {
    throw new Error(`The server's user cannot get to ${asked}, and none of ${sharedDirs.join(", ")} can be written.`);
  }
  const name = createHash("sha256").update(asked).digest("hex").slice(0, 16);
  return join(shared, `data-${name}`, "postgres");
}

/**
 * Makes room for a new cluster there. What is found there belonged to a state file that somebody deleted to start
 * afresh, and goes; so do the clusters of temporary folders that are gone.
 */
export async function prepareElsewhere(asked: string, dataDir: string, user: RunAs): Promise<void> {
  const home = dirname(dataDir);
  const running = await findRunning(dataDir, user.uid);
  if (running !== null) await stopServer(running, "pg_ctl");
  await rm(home, { recursive: true, force: true });
  await mkdir(home);
  await chmod(home, 0o755);
  await writeFile(join(home, NOTE), asked, { mode: 0o600 });
  await sweep(dirname(home));
}

/**
 * A test as root leaves its cluster here when it removes its temporary folder. Other folders are not judged: a project
 * may be gone because its disk is not mounted.
 */
async function sweep(shared: string): Promise<void> {
  for (const name of await readdir(shared)) {
    const home = join(shared, name);
    const asked = await findText(join(home, NOTE));
    if (asked === null || relative(tmpdir(), asked).startsWith("..")) continue;
    if (await exists(`${asked}.json`)) continue;
    if (await exists(join(home, "postgres", "postmaster.pid"))) continue;
    await rm(home, { recursive: true, force: true });
  }
}
