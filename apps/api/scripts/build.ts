import { stat } from "node:fs/promises";
import { join } from "node:path";
import { buildBundle } from "./build-bundle.ts";

const folder = join(import.meta.dirname, "../dist");
await buildBundle(folder);
const { size } = await stat(join(folder, "main.js"));
process.stdout.write(`dist/main.js ${(size / 1e6).toFixed(1)} MB\n`);
