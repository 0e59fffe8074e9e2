import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editManifest } from "./manifest.ts";
import { scope, type ModuleFolder } from "./modules.ts";

/**
 * Makes a copied folder a module of its own: its package and the name it gives itself follow the folder.
 * Answers one line per change, none when everything was right.
 */
export async function adoptCopiedModule(module: ModuleFolder): Promise<string[]> {
  const wanted = `${scope}${module.name}`;
  if (module.packageName === wanted) return [];
  const changes = [await renamePackage(module, wanted)];
  const former = module.packageName.slice(scope.length);
  const index = join(module.path, "src", "index.ts");
  const source = await readFile(index, "utf8");
  const renamed = renameDeclaration(source, former, module.name);
  if (renamed === source) return changes;
  await writeFile(index, renamed);
  return [
    ...changes,
    `packages/domains/${module.name}/src/index.ts: module "${former}" is now "${module.name}"`,
    `packages/domains/${module.name}: its error codes, events, tables and README may still say "${former}"; that is yours to rename`,
  ];
}

async function renamePackage(module: ModuleFolder, wanted: string): Promise<string> {
  await editManifest(module.path, { name: wanted });
  return `packages/domains/${module.name}/package.json: "${module.packageName}" is now "${wanted}"`;
}

/** Renames the module in a `defineModule({ name: "…" })`; the source unchanged when it says something else. */
export function renameDeclaration(source: string, former: string, name: string): string {
  return source.replace(/(defineModule\(\{\s*name:\s*)"([a-z0-9-]+)"/, (whole: string, before: string, found: string) =>
    found === former ? `${before}"${name}"` : whole,
  );
}
