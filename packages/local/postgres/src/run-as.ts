import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { findText } from "./files.ts";

const execute = promisify(execFile);

/** User that the server runs as; empty when that is the current user. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

/**
 * User for a new cluster: PostgreSQL refuses root, so root hands over to `nobody` (65534 where /etc/passwd has no such
 * line); everybody else runs it as themselves.
 */
export async function chooseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec((await findText("/etc/passwd")) ?? "");
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : { uid: 65534, gid: 65534 };
}

/** User that root must run an existing cluster as: PostgreSQL accepts a data folder only from its owner. */
export async function ownerOf(dataDir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = await stat(dataDir);
  return uid === 0 ? chooseUser() : { uid, gid };
}

/** Whether that user gets as far as this folder. Tried, not computed from modes: access lists count too. */
export async function canReach(user: RunAs, folder: string): Promise<boolean> {
  if (user.uid === undefined) return true;
  try {
    await execute("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { ...user, cwd: "/" });
    return true;
  } catch {
    return false;
  }
}
