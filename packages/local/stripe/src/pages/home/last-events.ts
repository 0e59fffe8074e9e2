import type { Ctx } from "../../context.ts";
import { listRows } from "../../http/page.ts";
import type { Event } from "../../model/objects.ts";

/** One sending of an event to one endpoint. */
export interface Delivery {
  status: string;
  attempts: number;
  /** What the endpoint answered at the last attempt; null when it did not. */
  responseStatus: number | null;
  error: string | null;
}

/** An event and its deliveries, newest first. */
export interface DeliveredEvent {
  event: Event;
  deliveries: Delivery[];
}

/** The last `limit` events, newest first. */
export function lastEvents(ctx: Ctx, limit: number): DeliveredEvent[] {
  const { data } = listRows<Event>(ctx, { from: "events", sql: "", values: [] }, { limit }, "/v1/events");
  return data.map((event) => ({ event, deliveries: deliveriesOf(ctx, event.id) }));
}

/** How many events there are. */
export function countEvents(ctx: Pick<Ctx, "store">): number {
  return Number(ctx.store.database.prepare("SELECT count(*) AS count FROM events").get()?.count ?? 0);
}

/** The id of the object that an event is about; null when it has none. */
export function objectIdOf(event: Event): string | null {
  const { object } = event.data;
  return typeof object === "object" && object !== null && "id" in object && typeof object.id === "string"
    ? object.id
    : null;
}

function deliveriesOf(ctx: Ctx, eventId: string): Delivery[] {
  return ctx.store.database
    .prepare("SELECT status, attempts, response_status, error FROM deliveries WHERE event_id = ? ORDER BY id DESC")
    .all(eventId)
    .map((row) => ({
      status: String(row.status),
      attempts: Number(row.attempts),
      responseStatus: row.response_status === null ? null : Number(row.response_status),
      error: row.error === null ? null : String(row.error),
    }));
}
