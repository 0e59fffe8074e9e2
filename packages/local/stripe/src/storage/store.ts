import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { timersOf } from "../engine/timers.ts";
import type { AnyObject, ObjectName, StoredObjects } from "../model/objects.ts";
import { StripeError, resourceMissing } from "../stripe-error.ts";
import { decode } from "./decode.ts";

/** Equality filters: a JSON path below the object (`customer`, `promotion.coupon`) and its value. */
export type Filters = Record<string, string | number | boolean | null | undefined>;

/** All Stripe objects in one table, and the moments at which time itself changes them. */
export class Store {
  readonly database: DatabaseSync;
  #depth = 0;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** Runs `work` as one transaction. A card error keeps what was written (the failed payment happened); others undo it. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.database.exec("BEGIN IMMEDIATE");
    this.#depth = 1;
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec(error instanceof StripeError && error.status === 402 ? "COMMIT" : "ROLLBACK");
      throw error;
    } finally {
      this.#depth = 0;
    }
  }

  /** Writes the object, new or changed, and the timers that follow from it. `now`: unix seconds. `hidden` is kept beside it, never answered. */
  put(value: AnyObject, now: number, hidden?: unknown): void {
    this.database
      .prepare(
        `INSERT INTO objects (id, object, body, private) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
         SET body = excluded.body, private = coalesce(excluded.private, private)`,
      )
      .run(value.id, value.object, JSON.stringify(value), hidden === undefined ? null : JSON.stringify(hidden));
    this.database.prepare("DELETE FROM timers WHERE object_id = ?").run(value.id);
    for (const timer of timersOf(value, now)) {
      this.database
        .prepare("INSERT INTO timers (object_id, kind, at) VALUES (?, ?, ?)")
        .run(value.id, timer.kind, timer.at);
    }
  }

  /** The object, or null when the id names nothing of this kind. */
  find<N extends ObjectName>(object: N, id: string): StoredObjects[N] | null {
    const row = this.database.prepare("SELECT body FROM objects WHERE id = ? AND object = ?").get(id, object);
    return row === undefined ? null : decode<StoredObjects[N]>(row.body);
  }

  /** The object; answers 404 `resource_missing` naming `param` when it does not exist. */
  get<N extends ObjectName>(object: N, id: string, param = "id"): StoredObjects[N] {
    const found = this.find(object, id);
    if (found === null) throw resourceMissing(object, id, param);
    return found;
  }

  /** Any object by its id alone, for expansion. */
  findAny(id: string): AnyObject | null {
    const row = this.database.prepare("SELECT body FROM objects WHERE id = ?").get(id);
    return row === undefined ? null : decode<AnyObject>(row.body);
  }

  /** What was hidden beside an object by `put`, as it was written; null when nothing was. */
  hidden<T>(id: string): T | null {
    const row = this.database.prepare("SELECT private FROM objects WHERE id = ?").get(id);
    return row === undefined || row.private === null ? null : decode<T>(row.private);
  }

  /** Leaves `{ id, object, deleted: true }` in place of the object: reads by id and expansion still answer, lists do not. */
  bury(object: ObjectName, id: string): { id: string; object: ObjectName; deleted: true } {
    const tombstone = { id, object, deleted: true } as const;
    this.database
      .prepare("UPDATE objects SET object = ?, body = ? WHERE id = ?")
      .run(`deleted ${object}`, JSON.stringify(tombstone), id);
    this.database.prepare("DELETE FROM timers WHERE object_id = ?").run(id);
    return tombstone;
  }

  /** Drops one timer that has been handled and does not follow from the object any more. */
  dropTimer(objectId: string, kind: string): void {
    this.database.prepare("DELETE FROM timers WHERE object_id = ? AND kind = ?").run(objectId, kind);
  }

  /** All objects of a kind that match, newest first. */
  all<N extends ObjectName>(object: N, filters: Filters = {}): StoredObjects[N][] {
    const { sql, values } = whereOf(filters);
    return this.database
      .prepare(`SELECT body FROM objects WHERE object = ?${sql} ORDER BY seq DESC`)
      .all(object, ...values)
      .map((row) => decode<StoredObjects[N]>(row.body));
  }

  /**
   * The next change that time brings at or before `until` (unix seconds), or null. Of several at one moment a phase
   * of a schedule comes first: what renews then must renew with the new items.
   */
  nextTimer(until: number): { objectId: string; kind: string; at: number } | null {
    const row = this.database
      .prepare("SELECT object_id, kind, at FROM timers WHERE at <= ? ORDER BY at, kind <> 'phase', rowid LIMIT 1")
      .get(until);
    return row === undefined ? null : { objectId: String(row.object_id), kind: String(row.kind), at: Number(row.at) };
  }

  /** A small persisted setting, or null. */
  readMeta(name: string): string | null {
    const row = this.database.prepare("SELECT value FROM meta WHERE name = ?").get(name);
    return row === undefined ? null : String(row.value);
  }

  writeMeta(name: string, value: string): void {
    this.database
      .prepare("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      .run(name, value);
  }
}

/** SQL for filters. Booleans are JSON's, so they come out of json_extract as 1 and 0. */
export function whereOf(filters: Filters): { sql: string; values: SQLInputValue[] } {
  let sql = "";
  const values: SQLInputValue[] = [];
  for (const [path, value] of Object.entries(filters)) {
    if (value === undefined) continue;
    sql += ` AND json_extract(body, '$.${path}') IS ?`;
    values.push(typeof value === "boolean" ? Number(value) : value);
  }
  return { sql, values };
}
