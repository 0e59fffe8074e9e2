import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another process works in this folder. */
export class FolderInUseError extends Error {
  override name = "FolderInUseError";
}

/**
 * Takes a folder for this process; the operating system gives it back when the process ends, however it ends.
 * Errors: FolderInUseError.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  // SQLite's own file lock, because Node has none: held as long as the transaction is open.
  const lock = new DatabaseSync(join(folder, "lock.sqlite"));
  try {
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new FolderInUseError(
      "Turnpike is being started or stopped in this folder by another process. Wait for it, or stop it with Ctrl-C.",
      { cause },
    );
  }
  return () => lock.close();
}
