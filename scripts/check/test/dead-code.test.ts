import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createSteps } from "../steps.ts";

const repository = join(import.meta.dirname, "../../..");
const notes = "packages/domains/notes";

const clean: Record<string, string> = {
  "package.json": '{ "name": "sample", "private": true, "type": "module" }',
  "pnpm-workspace.yaml": "packages:\n  - packages/domains/*\n",
  [`${notes}/package.json`]: '{ "name": "@turnpike/notes", "type": "module", "exports": { ".": "./src/index.ts" } }',
  [`${notes}/src/index.ts`]: 'import { used } from "./used.ts";\n\nexport const notes = used;\n',
  [`${notes}/src/used.ts`]: "export const used = 1;\n",
  [`${notes}/src/errors.ts`]: "export const errors = {};\n",
};

/** Runs the dead code step of the check in a repository of these files. */
async function findDeadCode(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "turnpike-dead-"));
  try {
    await cp(join(repository, "knip.json"), join(root, "knip.json"));
    await symlink(join(repository, "node_modules"), join(root, "node_modules"));
    for (const [path, text] of Object.entries({ ...clean, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const step = createSteps(root).find(({ name }) => name === "dead code");
    return (await step?.run())?.join("\n") ?? "no such step";
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test("code that is all in use passes; tables of errors are in use by themselves", async () => {
  expect(await findDeadCode({})).toBe("");
});

test.each([
  ["a file that nobody imports", { [`${notes}/src/forgotten.ts`]: "export const a = 1;\n" }, "forgotten.ts"],
  [
    "an export that nobody imports",
    { [`${notes}/src/used.ts`]: "export const used = 1;\nexport const idle = 2;\n" },
    "idle",
  ],
  [
    "a dependency that nobody imports",
    {
      [`${notes}/package.json`]:
        '{ "name": "@turnpike/notes", "type": "module", "exports": { ".": "./src/index.ts" }, "dependencies": { "zod": "4.6.7" } }',
    },
    "zod",
  ],
])("%s is found", async (_, files, name) => {
  expect(await findDeadCode(files)).toContain(name);
});
