import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort } from "./free-port.ts";
import { isInstalled, startSystemProgram } from "./system-program.ts";

/** Why a suite that needs pgbouncer is skipped where there is none. */
export const noPgbouncerReason = "pgbouncer is not installed (Debian: apt-get install pgbouncer)";

// Debian installs it where only root's PATH looks.
const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` };
const nobody = 65_534;

/** Whether the system's packages have installed a pgbouncer. */
export function hasSystemPgbouncer(): Promise<boolean> {
  return isInstalled("pgbouncer", env);
}

/** How a pgbouncer is started. */
export interface PgbouncerOptions {
  /** Where a client logs in at PostgreSQL itself: role, password, host, port, database. */
  databaseUrl: string;
  /** Connections to PostgreSQL per role and database. Few, so that clients share them. Default 5. */
  poolSize?: number;
}

/** A throw-away pgbouncer in transaction mode that a test may break. */
export interface SystemPgbouncer {
  /** The same login as `databaseUrl`, through the pooler. */
  url: string;
  /** Sends one command of its console, such as `SHOW POOLS` or `KILL postgres`, and returns its rows. */
  console(command: string): Promise<Record<string, unknown>[]>;
  /** Ends it without a word (SIGKILL): its clients lose their connections. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a pgbouncer on a free port of the loopback, set as docs/deploy-render.md says: a client that sends what a strict pooler
 * does not know is refused. It refuses root, who hands over to `nobody`.
 */
export async function startSystemPgbouncer(options: PgbouncerOptions): Promise<SystemPgbouncer> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pgbouncer-"));
  const port = await freePort();
  const url = Object.assign(new URL(options.databaseUrl), { port: String(port), hostname: "127.0.0.1" }).href;
  const console = (command: string) => ask(Object.assign(new URL(url), { pathname: "/pgbouncer" }).href, command);
  await writeSettings(folder, port, options);
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const server = await startSystemProgram({
    command: "pgbouncer",
    args: ["--quiet", join(folder, "pgbouncer.ini")],
    options: { ...user, env },
    isReady: () =>
      console("SHOW VERSION").then(
        () => true,
        () => false,
      ),
  });
  return {
    url,
    console,
    kill: () => server.kill(),
    restart: () => server.restart(),
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeSettings(folder: string, port: number, { databaseUrl, poolSize = 5 }: PgbouncerOptions) {
  const { hostname, port: serverPort, username, password } = new URL(databaseUrl);
  const user = decodeURIComponent(username);
  const settings = `[databases]
* = host=${hostname} port=${serverPort || "5432"}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
pool_mode = transaction
auth_type = scram-sha-256
auth_file = ${join(folder, "users.txt")}
admin_users = ${user}
default_pool_size = ${poolSize}
max_client_conn = 500
server_login_retry = 1
`;
  await writeFile(join(folder, "pgbouncer.ini"), settings, { mode: 0o600 });
  await writeFile(join(folder, "users.txt"), `${quote(user)} ${quote(decodeURIComponent(password))}\n`, {
    mode: 0o600,
  });
  await chmod(folder, 0o700);
  if (process.getuid?.() !== 0) return;
  for (const path of [folder, join(folder, "pgbouncer.ini"), join(folder, "users.txt")])
    await chown(path, nobody, nobody);
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

async function ask(url: string, command: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  // What breaks while it is being ended is already told by the query.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(command)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
