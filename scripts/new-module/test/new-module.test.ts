import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkLayout } from "../../check/layout.ts";
import { installWorkspace } from "../../gen/install.ts";
import { createModule, isModuleName } from "../create-module.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../../..");
let root: string;

interface Outcome {
  exitCode: number;
  output: string;
}

/** Runs a script or a tool of the copy with the Node of this test. */
async function inCopy(...args: string[]): Promise<Outcome> {
  return run(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: "1" } }).then(
    ({ stdout, stderr }) => ({ exitCode: 0, output: stdout + stderr }),
    (error: Error & { code?: number; stdout?: string; stderr?: string }) => ({
      exitCode: error.code ?? 1,
      output: `${error.stdout ?? ""}${error.stderr ?? ""}${error.message}`,
    }),
  );
}

const text = (path: string): Promise<string> => readFile(join(root, path), "utf8");

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "turnpike-copy-"));
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  for (const path of stdout.split("\0").filter(Boolean)) {
    await cp(join(repository, path), join(root, path), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      // Still in git's index, and deleted in the working tree.
      if (error.code !== "ENOENT") throw error;
    });
  }
  await installWorkspace(root);
  const made = await inCopy("scripts/launch.mjs", "scripts/new-module.ts", "hello");
  if (made.exitCode !== 0) throw new Error(made.output);
  await cp(join(root, "packages/domains/hello"), join(root, "packages/domains/world"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const generated = await inCopy("scripts/launch.mjs", "scripts/gen.ts");
  if (generated.exitCode !== 0) throw new Error(generated.output);
}, 300_000);
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

test("a scaffolded module and a copied folder are part of the API and of the client's types", async () => {
  const manifest = await text("apps/api/package.json");
  const types = await text("packages/client/src/api.gen.ts");
  for (const name of ["hello", "world"]) {
    expect(manifest).toContain(`"@turnpike/${name}": "workspace:*"`);
    expect(types).toMatch(new RegExp(`^  ${name}: \\{\\n[^}]*check: Query<`, "m"));
  }
});

test("the copied folder's package and module follow the folder's name", async () => {
  expect(await text("packages/domains/world/package.json")).toContain('"name": "@turnpike/world"');
  expect(await text("packages/domains/world/src/index.ts")).toContain('defineModule({ name: "world"');
});

test("nothing is out of date after that", async () => {
  expect(await inCopy("scripts/gen.ts", "--check")).toMatchObject({ exitCode: 0 });
});

test("an edited generated file is out of date and named, and so is a module that is not listed yet", async () => {
  await appendFile(join(root, "packages/client/src/api.gen.ts"), "// edited by hand\n");
  const edited = await inCopy("scripts/gen.ts", "--check");
  expect(edited).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining("out of date  packages/client/src/api.gen.ts"),
  });
  await createModule(root, "unlisted");
  const unlisted = await inCopy("scripts/gen.ts", "--check");
  expect(unlisted).toMatchObject({ exitCode: 1, output: expect.stringContaining("depends on @turnpike/unlisted") });
  await rm(join(root, "packages/domains/unlisted"), { recursive: true });
  expect(await inCopy("scripts/gen.ts")).toMatchObject({ exitCode: 0 });
});

test("what the scaffold writes passes the walls, the types, the linter and the formatter", async () => {
  const findings = await checkLayout(root);
  expect(findings.filter((line) => /domains\/(hello|world)/.test(line))).toEqual([]);
  const bin = join(root, "node_modules");
  expect(await inCopy(join(bin, "typescript/bin/tsc"), "--noEmit")).toMatchObject({ exitCode: 0 });
  const folders = ["packages/domains/hello", "packages/domains/world"];
  expect(await inCopy(join(bin, "oxlint/bin/oxlint"), "--type-aware", ...folders)).toMatchObject({ exitCode: 0 });
  expect(await inCopy(join(bin, "oxfmt/bin/oxfmt"), "--check", ...folders)).toMatchObject({ exitCode: 0 });
}, 240_000);

test("the scaffold's own tests pass", async () => {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  expect(await inCopy(vitest, "run", "packages/domains/hello")).toMatchObject({ exitCode: 0 });
});

test("a name that is taken, or that cannot be a router key, is refused", async () => {
  await expect(createModule(root, "hello")).rejects.toThrow("packages/domains/hello exists already.");
  for (const name of ["My-Module", "../escape", "then", "constructor", "a", "1st"]) {
    expect(isModuleName(name)).toBe(false);
  }
});

test("a procedure that would show a library's type stops the generator, and the client's types stay as they were", async () => {
  const before = await text("packages/client/src/api.gen.ts");
  const router = await text("packages/domains/hello/src/router.ts");
  const leak = "raw: publicProcedure.query(() => new z.ZodError([])),\n  check: publicProcedure";
  const leaky = `import { z } from "zod";\n${router.replace("check: publicProcedure", leak)}`;
  await writeFile(join(root, "packages/domains/hello/src/router.ts"), leaky);
  const generated = await inCopy("scripts/gen.ts");
  expect(generated.exitCode).toBe(1);
  expect(generated.output).toContain("hello.raw output: leaks ZodError from zod");
  expect(generated.output).toContain("hello.raw output: has no schema");
  expect(await text("packages/client/src/api.gen.ts")).toBe(before);
  await writeFile(join(root, "packages/domains/hello/src/router.ts"), router);
});

test("a module that throws while loading stops the generator and the API with its name", async () => {
  await appendFile(join(root, "packages/domains/world/src/service.ts"), 'throw new Error("no such table");\n');
  const before = await text("apps/api/src/modules.gen.ts");
  const generated = await inCopy("scripts/gen.ts");
  expect(generated.exitCode).toBe(1);
  expect(generated.output).toContain("module world failed to load: no such table");
  expect(await text("apps/api/src/modules.gen.ts")).toBe(before);
  const started = await inCopy(join(root, "apps/api/src/modules.gen.ts"));
  expect(started.output).toContain("module world failed to load: no such table");
});
