import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Starts the production bundle in this process, from the environment alone: no .env, nothing of the repository but the bundle.
const main = join(import.meta.dirname, "../apps/api/dist/main.js");
if (existsSync(main)) {
  process.env.NODE_ENV = "production";
  await import(pathToFileURL(main).href);
} else {
  process.stderr.write("There is no bundle yet: run `pnpm build` first.\n");
  process.exitCode = 1;
}
