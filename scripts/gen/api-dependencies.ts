import { join } from "node:path";
import { editManifest, readManifest } from "./manifest.ts";
import { scope, type ModuleFolder } from "./modules.ts";

/** What has to change in `apps/api/package.json` for it to depend on exactly these modules. */
export interface DependencyChange {
  added: string[];
  removed: string[];
  dependencies: Record<string, string>;
}

/**
 * Works out the API's dependencies: every module, none that is gone. `platform` names the workspace packages that are
 * not modules and stay as they are.
 */
export function planDependencies(
  present: Readonly<Record<string, string>>,
  modules: readonly ModuleFolder[],
  platform: ReadonlySet<string>,
): DependencyChange {
  const wanted = modules.map((module) => `${scope}${module.name}`);
  const added = wanted.filter((name) => !(name in present));
  const removed = Object.keys(present).filter(
    (name) => name.startsWith(scope) && !wanted.includes(name) && !platform.has(name),
  );
  const kept = Object.entries(present).filter(([name]) => !removed.includes(name));
  const all = [...kept, ...added.map((name): [string, string] => [name, "workspace:*"])];
  const dependencies = Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { added, removed, dependencies };
}

/** Brings `apps/api/package.json` in line with the modules; writes only when `write` and something differs. */
export async function syncApiDependencies(
  root: string,
  modules: readonly ModuleFolder[],
  platform: ReadonlySet<string>,
  write: boolean,
): Promise<DependencyChange> {
  const folder = join(root, "apps", "api");
  const manifest = await readManifest(folder);
  const change = planDependencies(manifest.dependencies ?? {}, modules, platform);
  if (write && change.added.length + change.removed.length > 0) {
    await editManifest(folder, { dependencies: change.dependencies });
  }
  return change;
}
