import { Kysely } from "kysely";
import pg from "pg";
import { coreErrors } from "@turnpike/core";
import type { DB } from "@turnpike/core";
import { openingDialect } from "./opening-driver.ts";
import { WatchedClient } from "./watched-client.ts";
import type { Patience } from "./watched-client.ts";

/** How to reach PostgreSQL. `url` may be a transaction pooler: nothing here uses session state or named statements. */
export interface PoolOptions {
  url: string;
  /** Most connections at once; further transactions wait up to `connectTimeoutMs`. */
  max?: number;
  /** Most transactions that wait for a connection; further ones are refused at once. Default: 50 for each connection. */
  maxWaiting?: number;
  /** Also for the answer to the statement that begins a transaction, for which a pooler may have to find a connection. Default 5 000. */
  connectTimeoutMs?: number;
  /**
   * How long a connection in use may be silent before it is given up, in milliseconds. Longer than a statement may take:
   * it is for a server that has stopped answering, not for a slow one. Default 20 000.
   */
  silenceMs?: number;
  applicationName?: string;
  /**
   * Told once of each connection that breaks, with what broke it; the pool replaces it. Whoever was using it learns of it
   * by a statement that fails, often with less of a reason.
   */
  onError?: (error: Error) => void;
}

/** A pool's connections, and how many transactions wait for one. */
export interface PoolStats {
  max: number;
  open: number;
  idle: number;
  waiting: number;
  /** Milliseconds since PostgreSQL last finished a statement here; Infinity where it has finished none. */
  silentMs: number;
}

/** An open database: queries through `db`, closed by `close`. */
export interface Database {
  db: Kysely<DB>;
  /**
   * Runs a text of SQL as the login role, of one statement, or of several that take no values; the rows are those of all of
   * them. A connection whose text failed is not used again: a transaction that it began may still be open there.
   */
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  stats(): PoolStats;
  close(): Promise<void>;
}

// Where fifty wait for each connection, the last of them would get one in time only if each held it under a tenth of a second.
const waitingPerConnection = 50;
// Transactions end a statement after fifteen seconds; the server's word of it must get through.
const defaultSilenceMs = 20_000;
// An idle connection is closed after ten seconds, so it needs no probe; one that waits for an answer may be cut in between.
const keepAliveAfterMs = 5_000;

/**
 * Opens a pool. Nothing connects before the first query. Errors of its queries: what PostgreSQL and the driver say, see
 * `isDatabaseDown`; core.unavailable when too many wait already.
 */
export function openDatabase(options: PoolOptions): Database {
  const { max = 10, connectTimeoutMs = 5_000, silenceMs = defaultSilenceMs } = options;
  const patience = { firstMs: connectTimeoutMs, silenceMs };
  const pool = new pg.Pool({
    connectionString: options.url,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: options.applicationName ?? "turnpike",
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    Client: WatchedClient,
    types: { getTypeParser },
  });
  let answeredAt = -Infinity;
  listenTo(pool, { silenceMs, onError: options.onError, onAnswer: () => void (answeredAt = performance.now()) });
  const maxWaiting = options.maxWaiting ?? max * waitingPerConnection;
  const db = new Kysely<DB>({ dialect: openingDialect({ pool: bounded(pool, { maxWaiting, patience }) }) });
  return {
    db,
    query: (text, values) => queryAll(pool, text, values),
    stats: () => ({
      max: pool.options.max,
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      silentMs: performance.now() - answeredAt,
    }),
    async close() {
      await db.destroy();
      // Where nothing went through `db`, it knows of no pool.
      if (!pool.ending) await pool.end();
    },
  };
}

interface PoolListeners {
  silenceMs: number;
  onError: PoolOptions["onError"];
  onAnswer: () => void;
}

function listenTo(pool: pg.Pool, { silenceMs, onError, onAnswer }: PoolListeners): void {
  // The pool does not listen while a connection is in use, and an error that nobody hears ends the process.
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    // The driver's word for: the statement is finished, well or not, and the server is ready for another.
    client.on("drain", onAnswer);
    client.once("error", (error: Error) => {
      // Ending the pool does not wait for its connections: the server may cut one that is on its way out, and nobody lost it.
      if (!pool.ending) onError?.(error);
    });
  });
  // It tells once more of those that broke while idle.
  pool.on("error", () => undefined);
  // A single statement may take its time from the first on.
  pool.on("acquire", (client) => watch(client, { firstMs: silenceMs, silenceMs }));
  pool.on("release", (_error, client) => client instanceof WatchedClient && client.unwatch());
}

async function queryAll(pool: pg.Pool, text: string, values: unknown[] | undefined): Promise<{ rows: unknown[] }> {
  return allRows(await pool.query<object>(text, values));
}

/** The rows of every statement: the driver answers several with a list, of which its types do not know. */
function allRows(answer: Answer | Answer[]): { rows: unknown[] } {
  return Array.isArray(answer) ? { rows: answer.flatMap(({ rows }) => rows) } : answer;
}

interface Answer {
  rows: unknown[];
}

interface Bounds {
  maxWaiting: number;
  patience: Patience;
}

/** The pool with an end to its queue: without one an outage would gather every request of its time. */
function bounded(pool: pg.Pool, { maxWaiting, patience }: Bounds) {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const { waitingCount: waiting } = pool;
      if (waiting >= maxWaiting) throw coreErrors.unavailable({ waiting }, { retryAfterSec: 1 });
      return watch(await pool.connect(), patience);
    },
  };
}

function watch(client: pg.PoolClient, patience: Patience): pg.PoolClient {
  if (client instanceof WatchedClient) client.watch(patience);
  return client;
}

/** Our values stay far below 2^53; one that does not must not be rounded silently. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of range: ${text}`);
  return value;
}

/** The type's number in PostgreSQL's catalogue. Source: pg_type. */
const int8Oid = 20;

/** The driver's own parser for every type but int8. */
function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === int8Oid && format !== "binary") return parseInt8;
  // oxlint-disable-next-line typescript/no-unsafe-return, typescript/no-unsafe-enum-assignment -- the driver declares `any` and an enum of known types
  return pg.types.getTypeParser(oid, format ?? "text");
}
