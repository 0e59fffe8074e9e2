import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lineAt, type Finding, type SourceFile, type Workspace, type WorkspacePackage } from "../workspace.ts";

const maxReadmeLines = 15;
const sql = /\bsql(?:<[^`]*>)?`|\.(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(/g;
const branches = /\bcatch\b|\btry\s*\{|\bif\s*\(|\bswitch\s*\(/g;

/** A module has its README, its declaration and a test; its router only routes; its SQL stands in queries. */
export async function checkAnatomy({ root, packages }: Workspace): Promise<Finding[]> {
  const modules = packages.filter(({ layer }) => layer === "domain");
  const readmes = await Promise.all(modules.map(({ folder }) => checkReadme(root, folder)));
  return [...readmes.flat(), ...modules.flatMap(checkFiles)];
}

async function checkReadme(root: string, folder: string): Promise<Finding[]> {
  const file = `${folder}/README.md`;
  if (!existsSync(join(root, file))) return [{ file, message: "is missing: tables, events, errors, environment" }];
  const lines = (await readFile(join(root, file), "utf8")).trimEnd().split("\n").length;
  return lines > maxReadmeLines ? [{ file, message: `has ${lines} lines; the limit is ${maxReadmeLines}` }] : [];
}

function checkFiles({ folder, files }: WorkspacePackage): Finding[] {
  const index = files.find((file) => file.path === `${folder}/src/index.ts`);
  const isDeclared = index?.text.includes("export default defineModule(") ?? false;
  const hasTest = files.some((file) => file.path.endsWith(".test.ts"));
  return [
    ...(isDeclared
      ? []
      : [{ file: `${folder}/src/index.ts`, message: "declares no module: export default defineModule({ … })" }]),
    ...(hasTest ? [] : [{ file: `${folder}/test`, message: "holds no test" }]),
    ...files
      .filter((file) => isRouter(folder, file))
      .flatMap((file) => complain(file, branches, "a router only routes")),
    ...files
      .filter((file) => !file.isTest && !isQueries(folder, file))
      .flatMap((file) => complain(file, sql, "SQL stands in queries.ts or <what>-queries.ts")),
  ];
}

function isRouter(folder: string, { path }: SourceFile): boolean {
  return path === `${folder}/src/router.ts` || path.startsWith(`${folder}/src/router/`);
}

function isQueries(folder: string, { path }: SourceFile): boolean {
  const inside = path.slice(`${folder}/src/`.length);
  return /^(?:[a-z-]+-)?queries\.ts$|^queries\//.test(inside);
}

function complain({ path, text }: SourceFile, pattern: RegExp, rule: string): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    file: `${path}:${lineAt(text, match.index)}`,
    message: `${rule} (${match[0].trim()})`,
  }));
}
