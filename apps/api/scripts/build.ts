import { stat } from "node:fs/promises";
import { join } from "node:path";
import { buildBundle } from "./build-bundle.ts";

// `build.ts [FOLDER]`: a folder of its own lets a bundle be tried beside the one that `pnpm start` runs.
const folder = process.argv[2] ?? join(import.meta.dirname, "../dist");
await buildBundle(folder);
const { size } = await stat(join(folder, "main.js"));
process.stdout.write(`${join(folder, "main.js")} ${(size / 1e6).toFixed(1)} MB\n`);
