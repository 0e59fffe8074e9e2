import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

/** A migration file: `version` is its timestamp, `checksum` the SHA-256 of its text in hex. */
export interface Migration {
  version: string;
  name: string;
  sql: string;
  checksum: string;
}

/** What a run did: versions in the order they were applied, and the database's notices. */
export interface MigrationReport {
  applied: string[];
  notices: string[];
}

/** A migration that cannot be run, or a folder that contradicts what the database recorded. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

const fileName = /^(\d{14})_([a-z][a-z0-9]*_[a-z0-9_]+)\.sql$/;
// Any number that no other program on this database uses for an advisory lock.
const lockKey = 7_261_004_311;

/** Reads `<timestamp>_<module>_<what>.sql` files, oldest first. Errors: MigrationError for a name of another form. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (file) => {
      const match = fileName.exec(file);
      if (!match?.[1] || !match[2])
        throw new MigrationError(`${file}: a migration is named <timestamp>_<module>_<what>.sql`);
      const text = await readFile(join(folder, file), "utf8");
      return {
        version: match[1],
        name: match[2],
        sql: text,
        checksum: createHash("sha256").update(text).digest("hex"),
      };
    }),
  );
}

/**
 * Applies what is not yet applied, each file in a transaction of its own together with its record, under a lock,
 * so that several starts at once are one. `url` must be a session connection of the owner, never a transaction pooler.
 * Errors: MigrationError when an applied file was changed, or names the file that failed.
 */
export async function migrate(options: {
  url: string;
  migrations: readonly Migration[];
  onProgress?: (message: string) => void;
}): Promise<MigrationReport> {
  const client = new pg.Client({ connectionString: options.url, application_name: "turnpike-migrate" });
  const notices: string[] = [];
  client.on("notice", (notice) => notice.severity === "NOTICE" && notices.push(notice.message ?? ""));
  const guard = new pg.Client({ connectionString: options.url, application_name: "turnpike-migrate" });
  // It is only waited for, so a connection that breaks meanwhile has nobody to tell; the ledger's key is the last wall.
  guard.on("error", () => undefined);
  try {
    await client.connect();
    await guard.connect();
    await lockUntilEnd(guard);
    await createLedger(client);
    const recorded = await readLedger(client);
    refuseChanged(options.migrations, recorded);
    const pending = options.migrations.filter(({ version }) => !recorded.has(version));
    for (const migration of pending) {
      options.onProgress?.(`migration ${migration.version} ${migration.name}`);
      await apply(client, migration);
    }
    return { applied: pending.map(({ version }) => version), notices };
  } finally {
    await Promise.all([client.end(), guard.end()]);
  }
}

/** Held by an open transaction: behind a transaction pooler a session's lock would outlive us, on a connection that is not ours. */
async function lockUntilEnd(guard: pg.Client): Promise<void> {
  await guard.query("begin; set local idle_in_transaction_session_timeout = 0");
  await guard.query("select pg_advisory_xact_lock($1)", [lockKey]);
}

async function createLedger(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ ledger: string | null }>("select to_regclass('private.migrations') as ledger");
  if (rows[0]?.ledger !== null) return;
  await client.query(`
    begin;
    create schema if not exists private;
    create table private.migrations (
      version text primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    alter table private.migrations enable row level security;
    alter table private.migrations force row level security;
    revoke all on private.migrations from public;
    commit;
  `);
}

async function readLedger(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ version: string; checksum: string }>(
    "select version, checksum from private.migrations",
  );
  return new Map(rows.map(({ version, checksum }) => [version, checksum]));
}

function refuseChanged(migrations: readonly Migration[], recorded: ReadonlyMap<string, string>): void {
  for (const { version, name, checksum } of migrations) {
    const before = recorded.get(version);
    if (before !== undefined && before !== checksum)
      throw new MigrationError(
        `${version}_${name}.sql was changed after it had been applied: write a new migration instead`,
      );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query("insert into private.migrations (version, name, checksum) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`${migration.version}_${migration.name}.sql failed: ${reason}`, { cause: error });
  }
}
