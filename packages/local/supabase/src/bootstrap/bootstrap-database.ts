import { readFile, readdir } from "node:fs/promises";
import pg from "pg";
import { refuseProduction } from "../refuse-production.ts";
import { checkRights } from "./check-rights.ts";
import { RealSupabaseError } from "./real-supabase-error.ts";

/** Raise it when a `.sql` file changes: databases with an older mark are brought up to date. */
const BOOTSTRAP_VERSION = 1;
const MARK_PREFIX = "turnpike local supabase, bootstrap ";
// Any fixed number does; it only has to differ from the locks others take in this database.
const ADVISORY_LOCK = "7283946501";

// Bootstraps in other databases of the cluster create the same roles, and no lock is common to them without superuser.
// One of them wins; the others fail with one of these once it has committed, and then find the roles made.
const LOST_RACES = new Set(["23505", "40001", "40P01", "42710", "XX000"]);
const MAX_TRIES = 5;

/**
 * Gives a plain PostgreSQL 15 to 18 what a Supabase project has before its own migrations run: roles, schemas `auth`,
 * `storage` and `extensions`, the claim functions and the tables of Auth and Storage. Running it again changes nothing.
 * @param databaseUrl URL of the database's owner, with CREATEROLE and BYPASSRLS, or of a superuser
 * Errors: {@link RealSupabaseError} where `auth` exists without our mark; MissingRightsError with what the role may not
 * do; the driver's error when it cannot connect; refuses to prepare a plain database under NODE_ENV=production.
 */
export async function bootstrapDatabase(databaseUrl: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await bootstrapOnce(databaseUrl);
      return;
    } catch (error) {
      const hasLost = error instanceof pg.DatabaseError && LOST_RACES.has(error.code ?? "");
      if (!hasLost || tries === MAX_TRIES) throw error;
    }
  }
}

async function bootstrapOnce(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "turnpike-bootstrap" });
  // A connection that breaks also fails the query under way; without a listener it would end the process too.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [ADVISORY_LOCK]);
    const version = await readVersion(client);
    if (version < BOOTSTRAP_VERSION) {
      refuseProduction("bootstrapDatabase");
      await checkRights(client);
      await applySql(client);
    }
    await client.query("commit");
  } finally {
    // Ending the connection rolls an open transaction back.
    await client.end();
  }
}

async function readVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ mark: string | null }>(
    "select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = 'auth'",
  );
  const schema = rows[0];
  if (!schema) return 0;
  if (!schema.mark?.startsWith(MARK_PREFIX)) throw new RealSupabaseError();
  return Number(schema.mark.slice(MARK_PREFIX.length));
}

async function applySql(client: pg.Client): Promise<void> {
  const folder = new URL("./", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).toSorted();
  for (const file of files) {
    await client.query(await readFile(new URL(file, folder), "utf8"));
  }
  await client.query(`comment on schema auth is '${MARK_PREFIX}${BOOTSTRAP_VERSION}'`);
}
