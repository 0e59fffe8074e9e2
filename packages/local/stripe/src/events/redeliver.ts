import type { Ctx } from "../context.ts";
import { getEvent } from "../resources/events.ts";
import { queueDelivery } from "./record.ts";

/** Queues an event once more for every endpoint there is. Returns for how many. Errors: 404. */
export function redeliver(ctx: Ctx, eventId: string): number {
  const event = getEvent(ctx, eventId);
  const endpoints = ctx.store.all("webhook_endpoint");
  for (const endpoint of endpoints) queueDelivery(ctx, event, endpoint);
  return endpoints.length;
}
