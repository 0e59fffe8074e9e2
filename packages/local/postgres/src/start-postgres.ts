import { currentHost, findBinaries } from "./binaries.ts";
import type { Host } from "./binaries.ts";
import { bringUp } from "./bring-up.ts";
import type { Up } from "./bring-up.ts";
import { ensureDatabase, urlOf } from "./connection.ts";
import { choosePlace, isPort, settlePath } from "./place.ts";
import { stopServer } from "./postmaster.ts";
import { chooseUser } from "./run-as.ts";
import { checkSettings } from "./server-settings.ts";
import { startSupervisor } from "./supervisor.ts";
import type { Supervisor } from "./supervisor.ts";

/** A running PostgreSQL of this process. */
export interface LocalPostgres {
  /** Connection string of the superuser `postgres` to the database that was asked for. */
  url: string;
  port: number;
  /** Where the cluster lies; not the folder that was asked for when the server's user cannot get there. */
  dataDir: string;
  /** Whether the server of an earlier process that was killed was found running, and taken over. */
  adopted: boolean;
  /** Stops the server, adopted or not. May be called again. */
  stop(): Promise<void>;
}

/** What to start. */
export interface StartOptions {
  /**
   * Folder of the cluster, made if absent. Password, log and port are kept beside it: `<dataDir>.password`, …
   * Under root its parents must let user `nobody` pass (a folder of mkdtemp does not), or the cluster goes elsewhere.
   */
  dataDir: string;
  /** Database of the returned URL, created if absent. Default `turnpike`. */
  database?: string;
  /** Port to try first. Default: the one of the last start, else a free one. When taken, the next free one. */
  port?: number;
  /** Hears in plain words what takes time, and that the server ended by itself. */
  onProgress?: (message: string) => void;
  /** More settings of the server, such as `{ fsync: "off" }` for tests. */
  settings?: Record<string, string>;
}

/**
 * Starts PostgreSQL on a data folder, on 127.0.0.1 with a password, and returns when it answers.
 * However this process ends, the server is stopped; a server that was orphaned nevertheless is taken over.
 * Errors: PostgresUnavailableError; the folder is in use by another live process; the folder is no cluster of this
 * version or of this user; NODE_ENV is production.
 */
export function startPostgres(options: StartOptions): Promise<LocalPostgres> {
  return startOn(currentHost(), options);
}

/** As startPostgres, on a machine described by the caller. */
export async function startOn(host: Host, options: StartOptions): Promise<LocalPostgres> {
  const { database = "turnpike", settings = {} } = options;
  checkOptions(database, options);
  checkSettings(settings);
  const asked = await settlePath(options.dataDir);
  const binaries = await findBinaries(host, await chooseUser());
  const supervisor = await startSupervisor(asked, binaries.pgCtl);
  try {
    const place = await choosePlace(asked, host.sharedDirs);
    const report = options.onProgress ?? (() => undefined);
    const up = await bringUp({ binaries, supervisor, place, settings, preferredPort: options.port, report });
    await ensureDatabase(up.login, database);
    reportEnd(supervisor, place.logFile, report);
    supervisor.release();
    return {
      url: urlOf(up.login, database),
      port: up.login.port,
      dataDir: place.dataDir,
      adopted: up.isAdopted,
      stop: once(() => stopAll(supervisor, up, binaries.pgCtl)),
    };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

function checkOptions(database: string, { port }: StartOptions): void {
  if (process.env["NODE_ENV"] === "production") {
    throw new Error("The local PostgreSQL is for development and does not start under NODE_ENV=production.");
  }
  if (database === "" || Buffer.byteLength(database) > 63) {
    throw new Error(`The name of a database has 1 to 63 bytes; "${database}" has not.`);
  }
  if (port !== undefined && !isPort(port)) throw new Error(`The port must be 1 to 65535, and is ${port}.`);
}

function reportEnd(supervisor: Supervisor, logFile: string, report: (message: string) => void): void {
  supervisor.onEnd((how) => report(`PostgreSQL ended by itself (${how}); its log is ${logFile}`));
}

async function stopAll(supervisor: Supervisor, up: Up, pgCtl: string): Promise<void> {
  // The supervisor may have been killed; then nobody else is left to stop its server.
  if (!(await supervisor.stop())) await stopServer(up.server, pgCtl);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= action());
}
