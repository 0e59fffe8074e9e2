import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planDependencies } from "../api-dependencies.ts";
import { renameDeclaration } from "../copied-module.ts";
import { loadModules } from "../load-modules.ts";
import { renderModuleList } from "../module-list.ts";
import { findModules } from "../modules.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "turnpike-gen-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function addModule(name: string, dependsOn: string[] = [], index = `export default { name: "${name}" };`) {
  const dependencies = Object.fromEntries(dependsOn.map((dependency) => [`@turnpike/${dependency}`, "workspace:*"]));
  const folder = join(root, "packages/domains", name);
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: `@turnpike/${name}`, dependencies }));
  await writeFile(join(folder, "src/index.ts"), index);
}

test("modules come after those they import, and by name where that leaves a choice", async () => {
  await addModule("billing", ["products", "core"]);
  await addModule("products");
  await addModule("auth");
  expect((await findModules(root)).map((module) => module.name)).toEqual(["auth", "products", "billing"]);
});

test("a folder without src/index.ts is no module", async () => {
  await addModule("auth");
  await mkdir(join(root, "packages/domains/notes"), { recursive: true });
  expect(await findModules(root)).toHaveLength(1);
});

test("modules that import each other are refused with the whole ring", async () => {
  await addModule("auth", ["billing"]);
  await addModule("billing", ["products"]);
  await addModule("products", ["auth"]);
  await expect(findModules(root)).rejects.toThrow("auth → billing → products → auth");
});

test("a folder whose name cannot be a router key is refused", async () => {
  await addModule("my-module");
  await expect(findModules(root)).rejects.toThrow("packages/domains/my-module");
});

test("a broken package.json is named", async () => {
  await addModule("auth");
  const file = join(root, "packages/domains/auth/package.json");
  await writeFile(file, "{");
  await expect(findModules(root)).rejects.toThrow(file);
});

test("a module that throws while loading stops the generator with its name and its reason", async () => {
  await addModule("broken", [], 'throw new Error("no such table");');
  await expect(loadModules(await findModules(root))).rejects.toThrow("module broken failed to load: no such table");
});

test("a folder that declares no module, or one of another name, is left out and named", async () => {
  await addModule("auth", [], "export const nothing = 1;");
  await addModule("billing", [], 'export default { name: "payments" };');
  const { modules, problems } = await loadModules(await findModules(root));
  expect(modules).toEqual([]);
  expect(problems).toEqual([
    expect.stringContaining("packages/domains/auth/src/index.ts"),
    expect.stringContaining('calls itself "payments"'),
  ]);
});

test("the generated list names the module that fails and carries the cause", async () => {
  const file = join(root, "list/modules.mjs");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(join(root, "list/broken.mjs"), 'throw new Error("no such table");');
  const folder = { name: "broken", path: "", packageName: "@turnpike/broken", dependsOn: [] };
  const source = renderModuleList([folder], new Set())
    .replace(/import \{.*"@turnpike\/core";/, "const router = (record) => record;")
    .replace(/async function load<.*\{$/m, "async function load(name, imported) {")
    .replaceAll(": unknown", "")
    .replace(" as const satisfies readonly Module[]", "")
    .replace(/export type.*/, "")
    .replace("@turnpike/broken", "./broken.mjs");
  await writeFile(file, source);
  await expect(import(file)).rejects.toThrow("module broken failed to load: no such table");
});

test("the API depends on every module, on none that is gone, and keeps the rest", () => {
  const modules = [{ name: "notes", path: "", packageName: "", dependsOn: [] }];
  const present = { express: "1", "@turnpike/core": "workspace:*", "@turnpike/gone": "workspace:*" };
  expect(planDependencies(present, modules, new Set(["@turnpike/core"]))).toEqual({
    added: ["@turnpike/notes"],
    removed: ["@turnpike/gone"],
    dependencies: { "@turnpike/core": "workspace:*", "@turnpike/notes": "workspace:*", express: "1" },
  });
});

test("a copied declaration takes the folder's name, and another one is left alone", () => {
  const source = 'export default defineModule({ name: "hello", router });';
  expect(renameDeclaration(source, "hello", "world")).toContain('name: "world"');
  expect(renameDeclaration(source, "other", "world")).toBe(source);
});
