import { describeMigration } from "@turnpike/api";
import { migrateDatabase } from "./stack/migrate-database.ts";
import { runScript, UsageError } from "./stack/run-script.ts";
import { loadEnvFile } from "./stack/settings.ts";

const help = `pnpm db:migrate [--url URL]

Applies supabase/migrations to a database, as its owner, over a session connection: --url, else DATABASE_DIRECT_URL, else DATABASE_URL.
Records what it applied and refuses a file that was changed afterwards. On a plain PostgreSQL it first makes what a Supabase project
has (not under NODE_ENV=production). When DATABASE_URL logs in as turnpike_api, that role gets the password it carries.
`;

await runScript({
  help,
  options: { url: { type: "string" } },
  async run({ values }) {
    loadEnvFile();
    const ownerUrl = values.url ?? (process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL);
    if (!ownerUrl || !URL.canParse(ownerUrl))
      throw new UsageError("Name the database by a postgres:// URL: --url, DATABASE_DIRECT_URL or DATABASE_URL.");
    const result = await migrateDatabase({
      ownerUrl,
      apiUrl: process.env.DATABASE_URL || undefined,
      bootstrap: process.env.NODE_ENV === "production" ? "never" : "if_plain",
      onProgress: (message) => void process.stdout.write(`${message}\n`),
    });
    for (const line of describeMigration(result)) process.stdout.write(`${line}\n`);
  },
});
