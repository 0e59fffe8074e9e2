import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { readManifest, type Manifest } from "../gen/manifest.ts";
import { findImports, type Import } from "./imports.ts";

/** What a package is for, which decides whom it may import. */
export type Layer = "root" | "api" | "client" | "core" | "platform" | "testing" | "domain" | "local";

/** A hand-written source file. `path` starts at the root of the repository. */
export interface SourceFile {
  path: string;
  text: string;
  isTest: boolean;
  imports: Import[];
}

/** One package of the workspace with its sources. `folder` starts at the root, and is empty for the root itself. */
export interface WorkspacePackage {
  name: string;
  folder: string;
  layer: Layer;
  manifest: Manifest;
  files: SourceFile[];
}

/** The whole repository as the walls see it. */
export interface Workspace {
  root: string;
  packages: WorkspacePackage[];
}

/** Something a wall found. */
export interface Finding {
  file: string;
  message: string;
}

const skippedFolders = new Set(["node_modules", "dist", "coverage", "generated", "fixtures"]);
const sourcePattern = /\.(ts|tsx|mts|mjs)$/;

/** Reads every package and its hand-written sources. Errors: a package.json that cannot be read. */
export async function readWorkspace(root: string): Promise<Workspace> {
  const parents = ["apps", "packages/platform", "packages/domains", "packages/local"];
  const nested = await Promise.all(parents.map((parent) => foldersWithManifest(root, parent)));
  const folders = ["", "packages/client", ...nested.flat()].filter((folder) =>
    existsSync(join(root, folder, "package.json")),
  );
  return { root, packages: await Promise.all(folders.map((folder) => readPackage(root, folder))) };
}

async function foldersWithManifest(root: string, parent: string): Promise<string[]> {
  if (!existsSync(join(root, parent))) return [];
  const entries = await readdir(join(root, parent), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(root, parent, entry.name, "package.json")))
    .map((entry) => `${parent}/${entry.name}`)
    .toSorted();
}

async function readPackage(root: string, folder: string): Promise<WorkspacePackage> {
  const manifest = await readManifest(join(root, folder));
  const tops = folder === "" ? [join(root, "scripts")] : [join(root, folder)];
  const paths = (await Promise.all(tops.map(listSources))).flat();
  if (folder === "") paths.push(...(await rootFiles(root)));
  const files = await Promise.all(paths.map((path) => readSource(root, path)));
  return { name: manifest.name ?? "", folder, layer: layerOf(folder), manifest, files };
}

async function rootFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && sourcePattern.test(entry.name))
    .map((entry) => join(root, entry.name));
}

async function listSources(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    const isHidden = entry.name.startsWith(".") || skippedFolders.has(entry.name);
    if (entry.isDirectory()) return isHidden ? [] : listSources(path);
    return sourcePattern.test(entry.name) && !entry.name.endsWith(".gen.ts") ? [path] : [];
  });
  return (await Promise.all(found)).flat().toSorted();
}

async function readSource(root: string, path: string): Promise<SourceFile> {
  const text = await readFile(path, "utf8");
  const fromRoot = relative(root, path);
  return { path: fromRoot, text, isTest: /(^|\/)test\//.test(fromRoot), imports: findImports(text) };
}

function layerOf(folder: string): Layer {
  if (folder === "") return "root";
  if (folder === "packages/client") return "client";
  if (folder === "packages/platform/core") return "core";
  if (folder === "packages/platform/testing") return "testing";
  if (folder.startsWith("packages/platform/")) return "platform";
  if (folder.startsWith("packages/domains/")) return "domain";
  return folder.startsWith("packages/local/") ? "local" : "api";
}

/** The line, from 1, at which a position of a text stands. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
