import pg from "pg";
import { PgBoss } from "pg-boss";
import { jobsSchema } from "./names.ts";

/**
 * Installs or upgrades pg-boss's schema as its owner and lets the API's login role use it.
 * `url` is the owner's session connection. Running it twice changes nothing.
 */
export async function migrateJobs(url: string, apiRole: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: jobsSchema, supervise: false, schedule: false, max: 2 });
  await boss.start();
  await boss.stop({ graceful: false });
  const client = new pg.Client({ connectionString: url, application_name: "turnpike-migrate" });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [apiRole]);
    if (rowCount === 0) return;
    const role = pg.escapeIdentifier(apiRole);
    await client.query(`
      begin;
      select pg_advisory_xact_lock(7261004312);
      revoke all on schema ${jobsSchema} from public;
      grant usage on schema ${jobsSchema} to ${role};
      grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${role};
      grant usage on all sequences in schema ${jobsSchema} to ${role};
      grant execute on all functions in schema ${jobsSchema} to ${role};
      commit;
    `);
  } finally {
    await client.end();
  }
}
