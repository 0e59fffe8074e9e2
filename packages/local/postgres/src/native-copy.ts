import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { errorCode, exists, findText } from "./files.ts";

/**
 * Makes the links between library names that npm packages cannot carry. The package's install script makes the same
 * ones, but install scripts may be off. Does nothing where the folder cannot be written.
 */
export async function linkLibraries(native: string): Promise<void> {
  for (const { source, target } of parseLinks(await findText(join(native, "pg-symlinks.json")))) {
    const path = join(native, target);
    try {
      if (!(await isPresent(path))) await symlink(basename(source), path);
    } catch (error) {
      const code = errorCode(error);
      // EEXIST: another start was faster. The others: a read-only installation, which is copied instead.
      if (code === null || !["EEXIST", "EACCES", "EPERM", "EROFS"].includes(code)) throw error;
    }
  }
}

/**
 * Copies the programs where every user can run them and returns the folder; null when no shared folder can be written.
 * A copy that is there is used as it is: its name carries the version.
 */
export async function copyNative(native: string, sharedDirs: string[], name: string): Promise<string | null> {
  const shared = await findSharedDir(sharedDirs);
  if (shared === null) return null;
  const home = join(shared, name);
  if (await exists(join(home, "native"))) return join(home, "native");

  await mkdir(home, { recursive: true });
  await chmod(home, 0o755);
  const next = await mkdtemp(join(home, "next-"));
  await cp(native, next, { recursive: true, verbatimSymlinks: true });
  await openModes(next);
  await linkLibraries(next);
  await moveInto(next, join(home, "native"));
  return join(home, "native");
}

/**
 * First of the folders that can be made and that nobody else can write to, or null.
 * Others may own the folder above (/var/tmp), so a folder that is already there is not trusted unless it is ours.
 */
export async function findSharedDir(candidates: string[]): Promise<string | null> {
  for (const folder of candidates) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const entry = await lstat(folder);
      if (!entry.isDirectory() || entry.uid !== process.getuid?.()) continue;
      await chmod(folder, 0o755);
      return folder;
    } catch (error) {
      if (errorCode(error) === null) throw error;
    }
  }
  return null;
}

async function isPresent(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another start made the same copy meanwhile.
    if (!(await exists(to))) throw error;
    await rm(from, { recursive: true });
  }
}

/** A strict umask of the installing user must not shut out the user that runs the server. */
async function openModes(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

function parseLinks(text: string | null): { source: string; target: string }[] {
  const parsed: unknown = text === null ? [] : JSON.parse(text);
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((link: unknown) => {
    if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) return [];
    const { source, target } = link;
    if (typeof source !== "string" || typeof target !== "string") return [];
    if (dirname(source) !== dirname(target)) return [];
    return [{ source, target: relative("native", target) }];
  });
}
