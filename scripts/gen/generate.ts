import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syncApiDependencies } from "./api-dependencies.ts";
import { readApi } from "./client/read-api.ts";
import { renderClient } from "./client/render.ts";
import { adoptCopiedModule } from "./copied-module.ts";
import { renderDocs } from "./docs/render-docs.ts";
import { installWorkspace } from "./install.ts";
import { loadModules } from "./load-modules.ts";
import { readManifest } from "./manifest.ts";
import { findMissingOutputs } from "./missing-outputs.ts";
import { renderModuleList } from "./module-list.ts";
import { findModules, type ModuleFolder } from "./modules.ts";

/** What a run did. `problems` make it a failure; `changes` are what it wrote, or in a check what is out of date. */
export interface GenerateReport {
  changes: string[];
  problems: string[];
  modules: string[];
}

/** Where the generated files are, from the root. */
export const generatedFiles = {
  modules: "apps/api/src/modules.gen.ts",
  api: "packages/client/src/api.gen.ts",
  trpc: "packages/client/src/trpc.gen.ts",
};

/**
 * Brings everything that follows from the module folders up to date: the API's dependencies, `modules.gen.ts`, the
 * client's declarations, and the documentation. With `write` false nothing is touched and stale files are reported. Errors: a folder name that
 * cannot be a module, a ring of modules, an install that fails.
 */
export async function generate(root: string, write: boolean): Promise<GenerateReport> {
  const changes: string[] = [];
  const folders = await prepareFolders(root, write, changes);
  const { modules, problems } = await loadModules(folders);
  const withRouter = new Set(modules.filter((module) => module.hasRouter).map((module) => module.folder.name));
  const list = renderModuleList(
    modules.map((module) => module.folder),
    withRouter,
  );
  await update(root, generatedFiles.modules, list, write, changes);
  const names = modules.map((module) => module.folder.name);
  if (changes.includes(generatedFiles.modules) && !write) return { changes, problems, modules: names };

  const entry = join(root, generatedFiles.modules);
  const shape = readApi(root, entry);
  const client = renderClient(shape);
  const refused = [...problems, ...shape.problems, ...(await findMissingOutputs(entry))];
  // A leak must not reach the client, not even for a moment.
  if (shape.problems.length > 0) return { changes, problems: refused, modules: names };
  await update(root, generatedFiles.api, client.api, write, changes);
  await update(root, generatedFiles.trpc, client.trpc, write, changes);
  const docs = await renderDocs(shape, entry, folders);
  for (const [file, text] of docs.files) await update(root, file, text, write, changes);
  return { changes, problems: [...refused, ...docs.problems], modules: names };
}

async function prepareFolders(root: string, write: boolean, changes: string[]): Promise<ModuleFolder[]> {
  const found = await findModules(root);
  const adopted = write ? (await Promise.all(found.map(adoptCopiedModule))).flat() : [];
  const folders = adopted.length > 0 ? await findModules(root) : found;
  const platform = await platformPackages(root);
  const { added, removed } = await syncApiDependencies(root, folders, platform, write);
  changes.push(...adopted);
  changes.push(...added.map((name) => `apps/api/package.json: depends on ${name}`));
  changes.push(...removed.map((name) => `apps/api/package.json: no longer depends on ${name}`));
  if (write && changes.length > 0) await installWorkspace(root);
  return folders;
}

async function platformPackages(root: string): Promise<Set<string>> {
  const parents = ["packages/platform", "packages/local"].map((folder) => join(root, folder)).filter(existsSync);
  const folders = await Promise.all(
    parents.map(async (parent) => (await readdir(parent)).map((name) => join(parent, name))),
  );
  const manifests = await Promise.all(folders.flat().map(readManifest));
  return new Set(manifests.flatMap((manifest) => manifest.name ?? []));
}

async function update(root: string, file: string, text: string, write: boolean, changes: string[]): Promise<void> {
  const path = join(root, file);
  const present = await readFile(path, "utf8").catch(() => null);
  if (present === text) return;
  changes.push(file);
  if (write) await writeFile(path, text);
}
