import { checkAnatomy } from "./walls/anatomy.ts";
import { checkBorders } from "./walls/borders.ts";
import { checkDoors } from "./walls/doors.ts";
import { checkExceptions } from "./walls/exceptions.ts";
import { checkLockFile } from "./walls/lock-file.ts";
import { checkMigrations } from "./walls/migrations.ts";
import { checkRings } from "./walls/rings.ts";
import { checkSimulation } from "./walls/simulation.ts";
import { checkSize } from "./walls/size.ts";
import { checkVendors } from "./walls/vendors.ts";
import { readWorkspace, type Finding, type Workspace } from "./workspace.ts";

type Wall = (workspace: Workspace) => Finding[] | Promise<Finding[]>;

const walls: readonly Wall[] = [
  checkSize,
  checkBorders,
  checkRings,
  checkVendors,
  checkSimulation,
  checkAnatomy,
  checkDoors,
  checkMigrations,
  checkExceptions,
  checkLockFile,
];

/** Holds the repository against the walls of the architecture; one line per finding, none when it stands. */
export async function checkLayout(root: string): Promise<string[]> {
  const workspace = await readWorkspace(root);
  const findings = await Promise.all(walls.map(async (wall) => wall(workspace)));
  return findings
    .flat()
    .map(({ file, message }) => `${file}: ${message}`)
    .toSorted();
}
