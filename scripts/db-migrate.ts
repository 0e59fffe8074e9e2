import { migrateDatabase } from "./stack/migrate-database.ts";
import type { MigrateResult } from "./stack/migrate-database.ts";
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
    report(result);
  },
});

function report({ applied, notices, login, canUseLoginRole }: MigrateResult): void {
  for (const notice of notices) process.stdout.write(`notice: ${notice}\n`);
  const words = {
    set: "turnpike_api may log in with the password in DATABASE_URL",
    no_password: "turnpike_api cannot log in yet: DATABASE_URL carries no password for it",
    other_role: "turnpike_api was left as it is: DATABASE_URL logs in as another role",
  };
  process.stdout.write(`${words[login]}\n`);
  if (!canUseLoginRole)
    process.stdout.write("turnpike_api may not act for users here: let DATABASE_URL log in as the owner\n");
  process.stdout.write(applied.length === 0 ? "nothing to apply\n" : `applied ${applied.length}\n`);
}
