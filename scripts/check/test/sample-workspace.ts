import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { moduleFiles } from "../../new-module/templates.ts";
import { checkLayout } from "../layout.ts";

/** A small repository that stands up to every wall, in a folder of its own. */
export interface SampleWorkspace extends AsyncDisposable {
  root: string;
  /** Writes files by path from the root. */
  write(files: Record<string, string>): Promise<void>;
  /** What the walls find. */
  check(): Promise<string[]>;
}

/** A package.json with the given dependencies. */
export function manifest(name: string, dependencies: string[] = [], devDependencies: string[] = []): string {
  const versions = (names: string[]) => Object.fromEntries(names.map((entry) => [entry, "workspace:*"]));
  return JSON.stringify({ name, dependencies: versions(dependencies), devDependencies: versions(devDependencies) });
}

/** The files of a fresh module under `packages/domains`, depending on core and on what is named. */
export function moduleFolder(name: string, dependencies: string[] = []): Record<string, string> {
  const files = {
    ...moduleFiles(name),
    "package.json": manifest(`@turnpike/${name}`, ["@turnpike/core", "zod", ...dependencies]),
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/domains/${name}/${path}`, text]));
}

/** Makes the repository: core, the API, two modules as `pnpm new:module` writes them, a migration and a lock file. */
export async function makeWorkspace(): Promise<SampleWorkspace> {
  const root = await mkdtemp(join(tmpdir(), "turnpike-walls-"));
  const write = async (files: Record<string, string>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  await write({
    "package.json": manifest("turnpike", ["@turnpike/core"]),
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "packages/platform/core/package.json": manifest("@turnpike/core"),
    "packages/platform/core/src/index.ts": "export const core = 1;\n",
    "packages/platform/database/package.json": manifest("@turnpike/database", ["@turnpike/core"]),
    "packages/platform/database/src/index.ts": 'export { core } from "@turnpike/core";\n',
    "packages/local/stripe/package.json": manifest("@turnpike/local-stripe"),
    "packages/local/stripe/src/index.ts": "export const stripe = 1;\n",
    "apps/api/package.json": manifest("@turnpike/api", ["@turnpike/core"]),
    "apps/api/src/deps.ts":
      "export const makeDeps = (isLocal: boolean) => {\n  if (isLocal) return 1;\n  return 2;\n};\n",
    "supabase/migrations/20260101000000_notes_tables.sql": "select 1;\n",
    ...moduleFolder("notes"),
    ...moduleFolder("products"),
  });
  return {
    root,
    write,
    check: () => checkLayout(root),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
