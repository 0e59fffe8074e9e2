import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleFolder } from "./modules.ts";
import { property } from "./property.ts";

/** What the generator needs to know of a module beyond its folder. */
export interface LoadedModule {
  folder: ModuleFolder;
  hasRouter: boolean;
}

/** Folders that declare a module, and a line about each that does not. */
export interface LoadedModules {
  modules: LoadedModule[];
  problems: string[];
}

/**
 * Loads every module's declaration. A folder that declares nothing or names itself otherwise is a problem. Errors: a
 * module that throws while loading; leaving it out would start the API without it.
 */
export async function loadModules(folders: readonly ModuleFolder[]): Promise<LoadedModules> {
  const loaded = await Promise.all(folders.map(async (folder) => ({ folder, ...(await loadDeclaration(folder)) })));
  return {
    modules: loaded.flatMap(({ folder, problem, hasRouter }) => (problem ? [] : [{ folder, hasRouter }])),
    problems: loaded.flatMap(({ problem }) => problem ?? []),
  };
}

async function loadDeclaration({ name, path }: ModuleFolder): Promise<{ hasRouter: boolean; problem: string | null }> {
  const file = `packages/domains/${name}/src/index.ts`;
  const declaration = await importDefault(join(path, "src", "index.ts")).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: module ${name} failed to load: ${reason}`, { cause: error });
  });
  if (typeof declaration !== "object" || declaration === null || !("name" in declaration)) {
    return { hasRouter: false, problem: `${file}: needs \`export default defineModule({ … })\`` };
  }
  if (declaration.name !== name) {
    const problem = `${file}: the module calls itself "${String(declaration.name)}", and its folder is "${name}"`;
    return { hasRouter: false, problem };
  }
  return { hasRouter: "router" in declaration && declaration.router !== undefined, problem: null };
}

async function importDefault(file: string): Promise<unknown> {
  const imported: unknown = await import(pathToFileURL(file).href);
  return property(imported, "default");
}
