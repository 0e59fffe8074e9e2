import { setTimeout as delay } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";

/** How to log in as the superuser. */
export interface Login {
  port: number;
  password: string;
}

const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 100;

/** Connection string of a database of the server, for any PostgreSQL client. */
export function urlOf({ port, password }: Login, database: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** Whether a server answers there with this password and this data folder. Never throws. */
async function answers(login: Login, dataDir: string): Promise<boolean> {
  try {
    return await withClient(login, async (client) => {
      const { rows } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder");
      return rows[0]?.folder === dataDir || process.platform === "win32";
    });
  } catch {
    return false;
  }
}

/** Asks the server until it answers, or `isOver` says that asking on is of no use. */
export async function waitForAnswer(login: Login, dataDir: string, isOver: () => Promise<boolean>): Promise<boolean> {
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LAST_POLL_MS)) {
    if (await answers(login, dataDir)) return true;
    if (await isOver()) return false;
    await delay(pause);
  }
}

/** Creates the database when it is not there. */
export async function ensureDatabase(login: Login, database: string): Promise<void> {
  await withClient(login, async (client) => {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
  });
}

async function withClient<T>(login: Login, use: (client: Client) => Promise<T>): Promise<T> {
  // Everything is given, so that PGSSLMODE and the like in the environment have no say.
  const client = new Client({
    host: "127.0.0.1",
    port: login.port,
    user: "postgres",
    password: login.password,
    database: "postgres",
    ssl: false,
    connectionTimeoutMillis: 5000,
  });
  // A server that goes away while the connection is open must not end this process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
