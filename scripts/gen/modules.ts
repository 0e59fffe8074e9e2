import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "./manifest.ts";

/** A folder under `packages/domains` that is a module. `dependsOn` holds names of other modules. */
export interface ModuleFolder {
  name: string;
  path: string;
  packageName: string;
  dependsOn: string[];
}

/** The package scope of the workspace. */
export const scope = "@turnpike/";

/** What a module may be called: it is a key of the router, a package name and a part of every event and error code. */
export const moduleNamePattern = /^[a-z][a-z0-9]{1,30}$/;

/**
 * Finds every module: a folder of `packages/domains` with `package.json` and `src/index.ts`, in dependency order, then by name.
 * Errors: a folder whose name cannot be a router key, a package.json that is not one, modules that import each other in a ring.
 */
export async function findModules(root: string): Promise<ModuleFolder[]> {
  const domains = join(root, "packages", "domains");
  const entries = await readdir(domains, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(domains, entry.name, "src", "index.ts")))
    .map((entry) => entry.name)
    .toSorted();
  const folders = await Promise.all(names.map((name) => readModule(domains, name, names)));
  return inDependencyOrder(folders);
}

async function readModule(domains: string, name: string, names: string[]): Promise<ModuleFolder> {
  const path = join(domains, name);
  if (!moduleNamePattern.test(name)) {
    throw new Error(
      `packages/domains/${name}: a module's folder is named in small letters and digits, because the name is its key in the API.`,
    );
  }
  const manifest = await readManifest(path);
  const dependsOn = Object.keys(manifest.dependencies ?? {})
    .filter((dependency) => dependency.startsWith(scope))
    .map((dependency) => dependency.slice(scope.length))
    .filter((dependency) => dependency !== name && names.includes(dependency));
  return { name, path, packageName: manifest.name ?? "", dependsOn };
}

/** Sorts modules so that each comes after those it imports; equal ones by name. Errors: a ring, named in full. */
export function inDependencyOrder(modules: readonly ModuleFolder[]): ModuleFolder[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const ordered = new Map<string, ModuleFolder>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (trail.includes(name)) {
      const ring = [...trail.slice(trail.indexOf(name)), name].join(" → ");
      throw new Error(`Modules import each other in a ring: ${ring}.`);
    }
    const module = byName.get(name);
    if (!module) return;
    for (const dependency of module.dependsOn.toSorted()) visit(dependency, [...trail, name]);
    ordered.set(name, module);
  };
  for (const name of [...byName.keys()].toSorted()) visit(name, []);
  return [...ordered.values()];
}
