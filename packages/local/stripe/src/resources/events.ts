import { z } from "zod";
import type { Ctx } from "../context.ts";
import { listRows, rangeOf } from "../http/page.ts";
import { created, flag, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Event } from "../model/objects.ts";
import { decode } from "../storage/decode.ts";
import { resourceMissing } from "../stripe-error.ts";

const EventList = z.strictObject({
  ...paging,
  created: created(),
  delivery_success: flag().optional(),
  type: text().optional(),
  types: z.array(text()).max(20).optional(),
});

/** Events: read and list by type, time and delivery. */
export const eventRoutes: Route[] = [
  route("GET", "/v1/events/:id", noParams, (ctx, _params, id) => getEvent(ctx, id)),
  route("GET", "/v1/events", EventList, listEvents),
];

/** An event by id. Errors: 404. */
export function getEvent(ctx: Ctx, id: string): Event {
  const row = ctx.store.database.prepare("SELECT body FROM events WHERE id = ?").get(id);
  if (row === undefined) throw resourceMissing("event", id);
  return decode<Event>(row.body);
}

function listEvents(ctx: Ctx, params: z.output<typeof EventList>): unknown {
  const range = rangeOf("created", params.created);
  const patterns = params.types ?? (params.type === undefined ? [] : [params.type]);
  // `invoice.*` selects by prefix, as Stripe's `type` filter does.
  const byType = patterns.map((pattern) => (pattern.includes("*") ? "type GLOB ?" : "type = ?")).join(" OR ");
  const delivered =
    params.delivery_success === undefined
      ? ""
      : ` AND ${params.delivery_success ? "NOT" : ""} EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = events.id AND d.status <> 'succeeded')`;
  return listRows<Event>(
    ctx,
    {
      from: "events",
      sql: `${byType === "" ? "" : ` AND (${byType})`}${range.sql}${delivered}`,
      values: [...patterns, ...range.values],
    },
    params,
    "/v1/events",
  );
}
