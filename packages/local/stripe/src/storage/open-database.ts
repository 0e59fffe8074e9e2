import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const schema = `
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, object TEXT NOT NULL, body TEXT NOT NULL, private TEXT);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (object, seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (object, json_extract(body, '$.customer'));
CREATE INDEX IF NOT EXISTS objects_by_lookup_key ON objects (json_extract(body, '$.lookup_key'));
CREATE TABLE IF NOT EXISTS timers (
  object_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (object_id, kind));
CREATE INDEX IF NOT EXISTS objects_by_invoice ON objects (object, json_extract(body, '$.invoice'));
CREATE INDEX IF NOT EXISTS objects_by_payment ON objects (object, json_extract(body, '$.payment.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_by_parent
  ON objects (object, json_extract(body, '$.parent.subscription_details.subscription'));
CREATE INDEX IF NOT EXISTS timers_by_time ON timers (at);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, event_type TEXT NOT NULL, endpoint_id TEXT NOT NULL,
  body TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, next_at_ms INTEGER NOT NULL,
  response_status INTEGER, error TEXT, delivered_at_ms INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_pending_in_order ON deliveries (id, next_at_ms) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_pending_by_time ON deliveries (next_at_ms) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, request_id TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

/**
 * Opens the one SQLite file of `dataDir` (created when absent), or a database in memory when there is no folder.
 * The file is locked for this process: two servers on it would deliver everything twice. The lock dies with the process.
 * Errors: the folder is in use.
 */
export function openDatabase(dataDir: string | undefined): DatabaseSync {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(dataDir === undefined ? ":memory:" : join(dataDir, "stripe.sqlite"));
  try {
    database.exec(
      "PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
    );
    database.exec(schema);
  } catch (error) {
    database.close();
    const isLocked = error instanceof Error && error.message.includes("locked");
    throw isLocked ? new Error(`Another local Stripe uses ${dataDir ?? ""}. Stop it first.`, { cause: error }) : error;
  }
  return database;
}
