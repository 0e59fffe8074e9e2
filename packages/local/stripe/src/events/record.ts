import type { Ctx } from "../context.ts";
import { newId } from "../ids.ts";
import type { AnyObject, Event, WebhookEndpoint } from "../model/objects.ts";
import { previousAttributes } from "./previous-attributes.ts";

/** The API version this server speaks; the one the installed SDK pins. */
export const apiVersion = "2026-10-28.endive";

/** Records an event with a snapshot of `object` and queues one delivery per endpoint that listens to `type`. */
export function emit(ctx: Ctx, type: string, object: unknown, previous?: Record<string, unknown>): void {
  const endpoints = ctx.store.all("webhook_endpoint").filter((endpoint) => listens(endpoint, type));
  const event: Event = {
    id: newId("evt"),
    object: "event",
    api_version: apiVersion,
    created: ctx.now,
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: ctx.request,
    type,
  };
  ctx.store.database
    .prepare("INSERT INTO events (id, type, created, body) VALUES (?, ?, ?, ?)")
    .run(event.id, type, ctx.now, JSON.stringify(event));
  for (const endpoint of endpoints) queueDelivery(ctx, event, endpoint);
}

/** Writes a new object and records `<object>.created` or the type given. */
export function create(ctx: Ctx, object: AnyObject, type: string, hidden?: unknown): void {
  ctx.store.put(object, ctx.now, hidden);
  emit(ctx, type, object);
}

/** Writes a changed object; records `type` with what it was before, unless nothing changed. */
export function update<T extends AnyObject>(ctx: Ctx, before: T, after: T, type: string): T {
  ctx.store.put(after, ctx.now);
  const previous = previousAttributes({ ...before }, { ...after });
  if (previous !== null) emit(ctx, type, after, previous);
  return after;
}

/** Queues `event` for `endpoint`; the body is serialised here, once, so that every attempt sends the same bytes. */
export function queueDelivery(ctx: Ctx, event: Event, endpoint: WebhookEndpoint): void {
  const body = JSON.stringify({ ...event, api_version: endpoint.api_version ?? event.api_version }, null, 2);
  const { delivery } = ctx.settings;
  const insert = ctx.store.database.prepare(
    `INSERT INTO deliveries (event_id, event_type, endpoint_id, body, status, attempts, next_at_ms)
     VALUES (?, ?, ?, ?, 'pending', 0, ?)`,
  );
  for (let copy = 0; copy < (delivery.duplicate ? 2 : 1); copy += 1) {
    insert.run(event.id, event.type, endpoint.id, body, Date.now() + delivery.delayMs);
  }
}

function listens(endpoint: WebhookEndpoint, type: string): boolean {
  if (endpoint.status !== "enabled") return false;
  return endpoint.enabled_events.some((pattern) => pattern === "*" || pattern === type);
}
