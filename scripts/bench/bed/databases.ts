import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { migrateDatabase } from "@turnpike/api";
import { startPostgres } from "@turnpike/local-postgres";
import { bootstrapDatabase } from "@turnpike/local-supabase";
import { apiUrlOf } from "@turnpike/testing";
import type { Stoppers } from "../../stack/stoppers.ts";

/** The databases of a run, all on one server. */
export interface Databases {
  /** Ours, as its superuser: row level security does not apply. */
  ownerUrl: string;
  /** Ours, as the API logs in. */
  apiUrl: string;
  /** That of the stripe-sync-engine. */
  syncUrl: string;
  /** Of the server, such as `PostgreSQL 18.4`. */
  version: string;
}

/**
 * Makes both databases: on the server that `serverUrl` (a superuser's) leads to, where they are dropped afterwards, else on
 * an embedded one that is as durable as PostgreSQL is by itself.
 */
export async function openDatabases(
  folder: string,
  serverUrl: string | undefined,
  started: Stoppers,
): Promise<Databases> {
  const server = serverUrl ?? (await startEmbedded(folder, started));
  const suffix = randomBytes(4).toString("hex");
  const ownerUrl = await createDatabase(server, `turnpike_bench_${suffix}`, started);
  const syncUrl = await createDatabase(server, `turnpike_bench_sync_${suffix}`, started);
  const apiUrl = apiUrlOf(ownerUrl, randomBytes(12).toString("hex"));
  await bootstrapDatabase(ownerUrl);
  await migrateDatabase({ ownerUrl, apiUrl });
  await migrateSyncEngine(syncUrl);
  return { ownerUrl, apiUrl, syncUrl, version: await versionOf(server) };
}

async function startEmbedded(folder: string, started: Stoppers): Promise<string> {
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), database: "postgres" });
  started.add(() => postgres.stop());
  return postgres.url;
}

async function createDatabase(serverUrl: string, name: string, started: Stoppers): Promise<string> {
  await query(serverUrl, `create database ${name}`);
  started.add(async () => void (await query(serverUrl, `drop database ${name} with (force)`)));
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
}

// Its CommonJS form: the other one looks for its SQL files by a name that ES modules do not have (0.48.5).
const migrateEngine = `require("@supabase/stripe-sync-engine").runMigrations({
  databaseUrl: process.env.SYNC_DATABASE_URL, schema: "stripe", logger: { info() {}, error: console.error },
})`;

/** The engine's own migrations; they log their failures and go on, so what they made is looked at. */
async function migrateSyncEngine(databaseUrl: string): Promise<void> {
  const options = { cwd: import.meta.dirname, env: { SYNC_DATABASE_URL: databaseUrl } };
  const { stderr } = await promisify(execFile)(process.execPath, ["--eval", migrateEngine], options);
  const [row] = await query(databaseUrl, "select to_regclass('stripe.subscription_items') is not null as ok");
  if (row?.["ok"] !== true)
    throw new Error(`The migrations of @supabase/stripe-sync-engine did not go through. ${stderr}`);
}

async function versionOf(serverUrl: string): Promise<string> {
  const [row] = await query(serverUrl, "select split_part(current_setting('server_version'), ' ', 1) as version");
  return `PostgreSQL ${String(row?.["version"])}`;
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
