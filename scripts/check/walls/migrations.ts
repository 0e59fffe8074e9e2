import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, Workspace } from "../workspace.ts";

const pattern = /^(\d{14})_([a-z0-9]+)_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;

/** A migration is named `<timestamp>_<module>_<what>.sql`, after a module or a platform package, with a time of its own. */
export async function checkMigrations({ root, packages }: Workspace): Promise<Finding[]> {
  const folder = join(root, "supabase/migrations");
  if (!existsSync(folder)) return [];
  const owners = new Set(
    packages
      .filter(({ layer }) => layer === "domain" || layer === "platform" || layer === "core")
      .map((entry) => entry.folder.slice(entry.folder.lastIndexOf("/") + 1)),
  );
  const names = (await readdir(folder)).toSorted();
  const times = names.map((name) => pattern.exec(name)?.[1]);
  return names.flatMap((name, at) => {
    const file = `supabase/migrations/${name}`;
    const [, time, owner = ""] = pattern.exec(name) ?? [];
    if (time === undefined) return [{ file, message: "is not named <14 digits>_<module>_<what>.sql" }];
    if (!owners.has(owner))
      return [{ file, message: `belongs to "${owner}", which is neither a module nor a platform package` }];
    return times.indexOf(time) === at ? [] : [{ file, message: "has the time of another migration" }];
  });
}
