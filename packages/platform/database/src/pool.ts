import { Socket } from "node:net";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { coreErrors } from "@turnpike/core";
import type { DB } from "@turnpike/core";

/** How to reach PostgreSQL. `url` may be a transaction pooler: nothing here uses session state or named statements. */
export interface PoolOptions {
  url: string;
  /** Most connections at once; further transactions wait up to `connectTimeoutMs`. */
  max?: number;
  /** Most transactions that wait for a connection; further ones are refused at once. Default: 50 for each connection. */
  maxWaiting?: number;
  connectTimeoutMs?: number;
  /**
   * How long a connection in use may be silent before it is given up, in milliseconds; 0: for ever. Longer than a
   * statement may take: it is for a server that has stopped answering, not for a slow one. Default 17 000.
   */
  silenceMs?: number;
  applicationName?: string;
  /** Told of connections that break while idle; the pool replaces them. */
  onError?: (error: Error) => void;
}

/** A pool's connections, and how many transactions wait for one. */
export interface PoolStats {
  max: number;
  open: number;
  idle: number;
  waiting: number;
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
const defaultSilenceMs = 17_000;
// An idle connection is closed after ten seconds, so it needs no probe; one that waits for an answer may be cut in between.
const keepAliveAfterMs = 5_000;

/**
 * Opens a pool. Nothing connects before the first query. Errors of its queries: what PostgreSQL and the driver say, see
 * `isDatabaseDown`; core.unavailable when too many wait already.
 */
export function openDatabase(options: PoolOptions): Database {
  const { max = 10, silenceMs = defaultSilenceMs } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    application_name: options.applicationName ?? "turnpike",
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    stream: () => impatientSocket(silenceMs),
    types: { getTypeParser },
  });
  // Ending the pool does not wait for its connections: the server may cut one that is on its way out, and nobody lost it.
  pool.on("error", (error) => {
    if (!pool.ending) options.onError?.(error);
  });
  // The pool does not listen while a connection is in use, and an error that nobody hears ends the process. Whoever uses
  // the connection learns of it by the next statement.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: bounded(pool, options.maxWaiting ?? max * waitingPerConnection) }),
  });
  return {
    db,
    query: (text, values) => queryAll(pool, text, values),
    stats: () => ({
      max: pool.options.max,
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => db.destroy(),
  };
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

/** The pool with an end to its queue: without one an outage would gather every request of its time. */
function bounded(pool: pg.Pool, maxWaiting: number) {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const { waitingCount: waiting } = pool;
      if (waiting >= maxWaiting) throw coreErrors.unavailable({ waiting }, { retryAfterSec: 1 });
      return pool.connect();
    },
  };
}

/**
 * A socket that ends itself when nothing has come or gone for `silenceMs`. The server's own time-outs do not help where
 * the server, or the way to it, has stopped; the driver's `query_timeout` would hand the connection back with the
 * statement still open on it.
 */
function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceMs, () => {
    const silent = new Error(`PostgreSQL has not answered for ${silenceMs} ms`);
    socket.destroy(Object.assign(silent, { code: "ETIMEDOUT" }));
  });
  return socket;
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
