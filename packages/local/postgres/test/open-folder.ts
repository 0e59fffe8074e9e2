import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new temporary folder that every user can get to; a plain one is closed to the user that root's server runs as. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pg-test-"));
  await chmod(folder, 0o755);
  return folder;
}
