import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { z } from "zod";

const api = join(import.meta.dirname, "..");
const repository = join(api, "../..");

// CommonJS packages call require(), which an ES module does not have.
const banner =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';
// pg looks for its native twin only when asked to, and pino-pretty is a developer's tool: neither is ours.
const neverLoaded = ["pg-native", "pino-pretty"];

/**
 * Makes the production form in a folder, which is emptied first: `main.js` with everything in it, its source map, the
 * SQL migrations, and a package.json that names the version. Answers which file came from where.
 * Errors: an import that would be looked up at run time; a stand-in of the local stack.
 */
export async function buildBundle(folder: string): Promise<Metafile> {
  const version = await readVersion();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(api, "src/main.ts")],
    outfile: join(folder, "main.js"),
    absWorkingDir: repository,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    legalComments: "none",
    logLevel: "error",
    external: neverLoaded,
    banner: { js: banner },
    define: { BUNDLED_VERSION: JSON.stringify(version) },
  });
  refuseForeign(metafile);
  await cp(join(repository, "supabase/migrations"), join(folder, "migrations"), { recursive: true });
  const manifest = { name: "turnpike", version, private: true, type: "module", engines: { node: ">=24" } };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return metafile;
}

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  return z.object({ version: z.string().min(1) }).parse(manifest).version;
}

function refuseForeign({ inputs, outputs }: Metafile): void {
  const known = new Set([...builtinModules, ...neverLoaded]);
  const leftOver = Object.values(outputs)
    .flatMap((output) => output.imports)
    .filter(({ external, path }) => external && !known.has(path.replace(/^node:/, "")));
  if (leftOver.length > 0) throw new Error(`Left to run time: ${leftOver.map(({ path }) => path).join(", ")}`);
  const standIns = Object.keys(inputs).filter((path) => path.includes("packages/local/"));
  if (standIns.length > 0) throw new Error(`Stand-ins do not belong into production: ${standIns.join(", ")}`);
}
