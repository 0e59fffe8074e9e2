import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Put in by the build. From source there is no such name, which is how the two are told apart.
declare const BUNDLED_VERSION: string | undefined;

/** Whether this code runs as the one file that `pnpm build` makes. */
export const isBundled: boolean = typeof BUNDLED_VERSION === "string";

/** The version in the repository's package.json. Errors: from source, when that file is missing or has none. */
export function releaseVersion(): string {
  if (typeof BUNDLED_VERSION === "string") return BUNDLED_VERSION;
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  if (!hasVersion || typeof manifest.version !== "string") throw new Error("package.json has no version");
  return manifest.version;
}

/** The folder of the SQL migrations: beside the bundle, or the repository's own. */
export function migrationsFolder(): string {
  return fileURLToPath(new URL(isBundled ? "./migrations" : "../../../supabase/migrations", import.meta.url));
}
