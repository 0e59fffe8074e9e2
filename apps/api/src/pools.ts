import type { Env, Log } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import type { Database, PoolStats } from "@turnpike/database";

/** The connections of a process. */
export interface Pools {
  /** What requests and jobs use. */
  database: Database;
  /** What the queue uses: the same where nothing but requests does. */
  jobsDatabase: Database;
  /** How each of them is, by a name for operators. */
  stats(): Record<string, PoolStats>;
  close(): Promise<void>;
}

// The queue's own connections in a process that works. Two, so that one slow statement of its upkeep does not hold up a fetch.
const jobsConnections = 2;
// The queue's upkeep may wait for a lock for 30 seconds.
const jobsSilenceMs = 35_000;

/**
 * Opens the process's connections, `DATABASE_POOL_MAX` in all. Where jobs are worked on, the queue has its own: it must
 * fetch, settle and send heartbeats also while the jobs hold every other connection (docs/decisions/0011).
 */
export function openPools(env: Pick<Env, "DATABASE_URL" | "DATABASE_POOL_MAX" | "ROLE">, log: Log): Pools {
  const { DATABASE_URL: url, DATABASE_POOL_MAX: max, ROLE } = env;
  const onError = (error: Error): void => log.warn("database.connection_lost", { error });
  if (ROLE === "web" || max < 2 * jobsConnections) {
    const database = openDatabase({ url, max, onError });
    const stats = () => ({ main: database.stats() });
    return { database, jobsDatabase: database, stats, close: () => database.close() };
  }
  const database = openDatabase({ url, max: max - jobsConnections, onError });
  const ofJobs = { max: jobsConnections, applicationName: "turnpike-jobs", silenceMs: jobsSilenceMs };
  const jobsDatabase = openDatabase({ url, ...ofJobs, onError });
  const close = async (): Promise<void> => {
    await Promise.all([database.close(), jobsDatabase.close()]);
  };
  const stats = () => ({ main: database.stats(), jobs: jobsDatabase.stats() });
  return { database, jobsDatabase, stats, close };
}
