import { chmod, chown, mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { nameElsewhere, prepareElsewhere } from "./elsewhere.ts";
import { errorCode, exists, findText, writePrivate } from "./files.ts";
import { canReach, chooseUser, ownerOf } from "./run-as.ts";
import type { RunAs } from "./run-as.ts";

/** Where a cluster and what belongs to it live, and who runs it. */
export interface Place {
  /** The cluster. Not the folder that was asked for when the server's user cannot get there. */
  dataDir: string;
  user: RunAs;
  passwordFile: string;
  logFile: string;
  stateFile: string;
}

/** What a start remembers for the next one. */
export interface State {
  port?: number;
  placedAt?: string;
}

/** Absolute path of the folder with links resolved, its parents made. The folder itself need not exist. */
export async function settlePath(dataDir: string): Promise<string> {
  if (dataDir.trim() === "") throw new Error("startPostgres needs the path of a data folder, and got an empty one.");
  const asked = resolve(dataDir);
  await mkdir(dirname(asked), { recursive: true });
  return join(await realpath(dirname(asked)), basename(asked));
}

/**
 * Decides where the cluster of the asked folder lives. An existing cluster stays where it is. A new one whose server
 * runs as another user, who cannot get to the asked folder (a project under a 0700 home of root), goes to a shared folder
 * under a name made from the asked path, and the state file says so.
 */
export async function choosePlace(asked: string, sharedDirs: string[]): Promise<Place> {
  try {
    return await findPlace(asked, sharedDirs);
  } catch (error) {
    if (errorCode(error) !== "EACCES") throw error;
    throw new Error(
      `The data folder ${asked} belongs to another user, perhaps because root started it before: ` +
        "start as that user again, or choose another data folder.",
      { cause: error },
    );
  }
}

async function findPlace(asked: string, sharedDirs: string[]): Promise<Place> {
  const beside = {
    passwordFile: `${asked}.password`,
    logFile: `${asked}.log`,
    stateFile: `${asked}.json`,
  };
  const { placedAt } = await readState(beside.stateFile);
  if (placedAt !== undefined && (await hasCluster(placedAt))) {
    return { ...beside, dataDir: placedAt, user: await ownerOf(placedAt) };
  }
  if (await hasCluster(asked)) {
    const user = await ownerOf(asked);
    if (await canReach(user, dirname(asked))) return { ...beside, dataDir: asked, user };
    throw new Error(
      `User ${user.uid}, who owns the data folder ${asked}, cannot get to it: a folder above it is closed.`,
    );
  }
  const user = await chooseUser();
  if (await canReach(user, dirname(asked))) return { ...beside, dataDir: asked, user };

  const dataDir = await nameElsewhere(asked, sharedDirs);
  // Said before anything is there: a place that no state file names may be swept.
  await writeState(beside.stateFile, { placedAt: dataDir });
  await prepareElsewhere(asked, dataDir, user);
  return { ...beside, dataDir, user };
}

/** State of the last start; empty when there is none or it cannot be read as such. */
export async function readState(stateFile: string): Promise<State> {
  const text = await findText(stateFile);
  if (text === null) return {};
  try {
    return parseState(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Adds to what is remembered. */
export async function writeState(stateFile: string, change: State): Promise<void> {
  await writePrivate(stateFile, `${JSON.stringify({ ...(await readState(stateFile)), ...change })}\n`);
}

/** Makes an empty folder private to the server's user. */
export async function makePrivateDir(folder: string, user: RunAs): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
}

function hasCluster(dataDir: string): Promise<boolean> {
  return exists(join(dataDir, "PG_VERSION"));
}

function parseState(value: unknown): State {
  if (typeof value !== "object" || value === null) return {};
  const state: State = {};
  if ("port" in value && typeof value.port === "number" && isPort(value.port)) state.port = value.port;
  if ("placedAt" in value && typeof value.placedAt === "string") state.placedAt = value.placedAt;
  return state;
}

/** Whether a number can be a port to listen on. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
