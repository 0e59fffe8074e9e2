import { join } from "node:path";
import { build } from "esbuild";
import { buildBundle } from "../../../apps/api/scripts/build-bundle.ts";

const servers = join(import.meta.dirname, "../servers");
const banner =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** The programs that are measured, each one file. */
export interface Bundles {
  ours: string;
  bare: string;
  syncEngine: string;
}

/** Builds our production bundle, and the servers that it is compared with by the same means. */
export async function buildBundles(folder: string): Promise<Bundles> {
  await buildBundle(join(folder, "ours"));
  const bare = join(folder, "bare/main.mjs");
  await build({
    entryPoints: [join(servers, "bare.ts")],
    outfile: bare,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    legalComments: "none",
    logLevel: "error",
    external: ["pg-native"],
    banner: { js: banner },
  });
  // Runs from its source: the engine looks for files beside its own.
  return { ours: join(folder, "ours/main.js"), bare, syncEngine: join(servers, "sync-engine.ts") };
}
