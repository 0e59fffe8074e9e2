import { decode } from "../storage/decode.ts";
import type { World } from "../world.ts";
import { readSettings } from "./settings.ts";

/** The log of deliveries, newest first: what was sent where, how often, and what came back. */
export function listDeliveries(world: World): unknown[] {
  return world.store.database
    .prepare(
      `SELECT id, event_id, event_type, endpoint_id, status, attempts, response_status, error, next_at_ms, delivered_at_ms
       FROM deliveries ORDER BY id DESC LIMIT 1000`,
    )
    .all()
    .map((row) => ({
      id: row.id,
      eventId: row.event_id,
      eventType: row.event_type,
      endpointId: row.endpoint_id,
      status: row.status,
      attempts: row.attempts,
      responseStatus: row.response_status,
      error: row.error,
      nextAttemptAt: row.status === "pending" ? new Date(Number(row.next_at_ms)).toISOString() : null,
      lastAttemptAt: row.delivered_at_ms === null ? null : new Date(Number(row.delivered_at_ms)).toISOString(),
    }));
}

/** Everything there is, for a look or a comparison: objects by kind, events in order, timers, deliveries, clock, settings. */
export function dump(world: World): Record<string, unknown> {
  const { database } = world.store;
  const objects: Record<string, unknown[]> = {};
  for (const row of database.prepare("SELECT object, body FROM objects ORDER BY seq").all()) {
    (objects[String(row.object)] ??= []).push(decode(row.body));
  }
  return {
    now: world.clock.now().toISOString(),
    offsetMs: world.clock.offsetMs,
    settings: readSettings(world.store),
    objects,
    events: database
      .prepare("SELECT body FROM events ORDER BY seq")
      .all()
      .map((row) => decode(row.body)),
    timers: database.prepare("SELECT object_id, kind, at FROM timers ORDER BY at").all(),
    deliveries: listDeliveries(world),
  };
}

/** Empties everything but the keys and the endpoint of the start options, and puts the clock back. */
export function reset(world: World): void {
  const { store, clock, faults } = world;
  store.transaction(() => {
    store.database.prepare("DELETE FROM objects WHERE id <> ?").run(store.readMeta("start_endpoint") ?? "");
    store.database.exec("DELETE FROM timers; DELETE FROM events; DELETE FROM deliveries; DELETE FROM idempotency;");
    store.database.exec("DELETE FROM meta WHERE name NOT IN ('secret_key', 'publishable_key', 'start_endpoint')");
    clock.reset();
  });
  faults.clear();
  clock.announce();
}
