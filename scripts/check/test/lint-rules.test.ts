import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTool } from "../steps.ts";

const repository = join(import.meta.dirname, "../../..");
const tools = join(repository, "node_modules/.bin");

const core = "packages/platform/core/src";
const auth = "packages/domains/auth/src";
const billing = "packages/domains/billing/src";

const planted: [rule: string, folder: string, source: string][] = [
  ["no-explicit-any", core, "export function f(value: any): void {\n  void value;\n}\n"],
  ["no-non-null-assertion", core, "export const f = (value: string | null): string => value!;\n"],
  ["consistent-type-assertions", core, "export const f = (value: unknown): string => value as string;\n"],
  ["no-floating-promises", core, 'export function f(): void {\n  Promise.resolve("x");\n}\n'],
  ["no-misused-promises", core, "export const f = (value: Promise<boolean>): number => (value ? 1 : 2);\n"],
  [
    "switch-exhaustiveness-check",
    core,
    'export function f(value: "a" | "b"): number {\n  switch (value) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}\n',
  ],
  ["no-console", core, 'export const f = (): void => console.log("x");\n'],
  ["no-process-env", auth, "export const f = process.env;\n"],
  ["no-default-export", core, "export default 1;\n"],
  ["max-lines)", core, "export {};\n".repeat(201)],
  ["max-lines-per-function", core, `export function f(): void {\n${'  JSON.stringify("x");\n'.repeat(41)}}\n`],
  ["no-warning-comments", core, "// TODO: later\nexport const f = 1;\n"],
  ["no-else-return", core, "export function f(a: boolean): number {\n  if (a) return 1;\n  else return 2;\n}\n"],
  ["no-restricted-imports", core, 'import "@turnpike/database/src/pool.ts";\n'],
  ["no-restricted-imports", core, 'import "../../database/src/pool.ts";\n'],
  ["no-restricted-imports", auth, 'import "stripe";\n'],
  ["no-restricted-imports", billing, 'import "@supabase/supabase-js";\n'],
];

const clean = 'import type Stripe from "stripe";\nexport type A = Stripe;\n';

let root: string;
let said: string[];

const nameOf = (folder: string, at: number): string => `${folder}/planted-${at}.ts`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "turnpike-lint-"));
  for (const file of [".oxlintrc.json", ".oxfmtrc.json", "tsconfig.json"])
    await cp(join(repository, file), join(root, file));
  await symlink(join(repository, "node_modules"), join(root, "node_modules"));
  const files = {
    ".gitignore": "node_modules/\n",
    "package.json": '{ "type": "module" }',
    [`${billing}/clean.ts`]: clean,
    [`${core}/first.ts`]: 'import { b } from "./second.ts";\nexport const a = (): number => b();\n',
    [`${core}/second.ts`]: 'import { a } from "./first.ts";\nexport const b = (): number => a();\n',
    "untidy.ts": "export const  a = 'x'\n",
    ...Object.fromEntries(planted.map(([, folder, source], at) => [nameOf(folder, at), source])),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  said = await runTool(root, join(tools, "oxlint"), ["--type-aware", "-f", "unix", "packages"], 60);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

test.each(planted.map(([rule, folder], at): [string, string] => [rule, nameOf(folder, at)]))(
  "%s is found in %s",
  (rule, path) => {
    const lines = said.filter((line) => line.startsWith(path));
    expect(lines.join("\n")).toContain(rule);
  },
);

test("files that import each other are found", () => {
  expect(said.filter((line) => line.includes("no-cycle")).length).toBeGreaterThan(0);
});

test("clean code is let through, with Stripe's types where they belong", () => {
  expect(said.filter((line) => line.includes("clean.ts"))).toEqual([]);
});

test("code that is not formatted is found", async () => {
  const lines = await runTool(root, join(tools, "oxfmt"), ["--check", "untidy.ts"], 60);
  expect(lines.join("\n")).toContain("untidy.ts");
});
