import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moduleNamePattern } from "../gen/modules.ts";
import { moduleFiles } from "./templates.ts";

// Valid by the pattern, and yet no key of a router or no name of an import.
const reserved = new Set(
  "then call apply bind delete default new class function import export return switch case await async void null true false typeof".split(
    " ",
  ),
);

/** Whether a name can be a router's key and an import's name. What every object has is neither. */
export function isModuleName(name: string): boolean {
  return moduleNamePattern.test(name) && !reserved.has(name) && !(name in {});
}

/** Writes a module's folder and answers its path. Errors: a folder that is there already. */
export async function createModule(root: string, name: string): Promise<string> {
  const folder = join(root, "packages", "domains", name);
  if (existsSync(folder)) throw new Error(`packages/domains/${name} exists already.`);
  for (const [file, text] of Object.entries(moduleFiles(name))) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}
