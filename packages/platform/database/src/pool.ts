import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { DB } from "@turnpike/core";

/** How to reach PostgreSQL. `url` may be a transaction pooler: nothing here uses session state or named statements. */
export interface PoolOptions {
  url: string;
  /** Most connections at once; further transactions wait up to `connectTimeoutMs`. */
  max?: number;
  connectTimeoutMs?: number;
  applicationName?: string;
  /** Told of connections that break while idle; the pool replaces them. */
  onError?: (error: Error) => void;
}

/** An open database: queries through `db`, closed by `close`. */
export interface Database {
  db: Kysely<DB>;
  close(): Promise<void>;
}

/** Opens a pool. Nothing connects before the first query. */
export function openDatabase(options: PoolOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    application_name: options.applicationName ?? "turnpike",
    types: { getTypeParser },
  });
  // Ending the pool does not wait for its connections: the server may cut one that is on its way out, and nobody lost it.
  pool.on("error", (error) => {
    if (!pool.ending) options.onError?.(error);
  });
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
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
