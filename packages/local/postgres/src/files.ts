import { randomUUID } from "node:crypto";
import { chmod, readFile, rename, stat, writeFile } from "node:fs/promises";

/** Code of a system error (`ENOENT`, `EACCES`, …), or null for any other value. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Text of a file, or null when there is none. */
export async function findText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  }
}

/** Whether something exists at the path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** Writes a file only its owner may read (mode 0600), whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const next = `${path}.${randomUUID()}.next`;
  await writeFile(next, text, { mode: 0o600 });
  // The mode above is only given to a new file.
  await chmod(next, 0o600);
  await rename(next, path);
}
