import { parseArgs } from "node:util";
import { databaseUrlProblems, EnvError } from "@turnpike/core";
import { describeMigration, migrateDatabase } from "./migrate-database.ts";

/**
 * `main.js migrate [--url URL]`: applies the migrations shipped with the bundle, as the owner, on `--url`, else
 * `DATABASE_DIRECT_URL`, else `DATABASE_URL`; tells `print` each line. It makes nothing that a Supabase project has by itself.
 * Errors: EnvError for words or an address that it does not understand; what the migration throws.
 */
export async function migrateCommand(
  args: string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  const ownerUrl = urlOf(args) || env["DATABASE_DIRECT_URL"] || env["DATABASE_URL"];
  if (!ownerUrl) throw new EnvError("DATABASE_DIRECT_URL: missing. Migrations run on it, as the database's owner.");
  if (!URL.canParse(ownerUrl)) throw new EnvError("The database's address is not a URL.");
  if (env["NODE_ENV"] === "production") {
    const name = urlOf(args) ? "--url" : env["DATABASE_DIRECT_URL"] ? "DATABASE_DIRECT_URL" : "DATABASE_URL";
    const [problem] = databaseUrlProblems({ [name]: ownerUrl });
    if (problem) throw new EnvError(problem);
  }
  const result = await migrateDatabase({ ownerUrl, apiUrl: env["DATABASE_URL"] || undefined, onProgress: print });
  describeMigration(result).forEach(print);
}

function urlOf(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { url: { type: "string" } } }).values.url;
  } catch {
    throw new EnvError("Usage: main.js migrate [--url URL]");
  }
}
