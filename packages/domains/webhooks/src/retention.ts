import { deleteInBatches } from "@turnpike/core";
import type { Ctx, Schedule } from "@turnpike/core";
import { deleteClosedEvents } from "./inbox-queries.ts";

/** How long a closed event is kept for replays and questions, in days: a yearly renewal and a month more. */
const keepDays = 400;

/** Deletes events that were done or ignored long ago. What waits or is dead stays. */
export async function forgetClosedEvents(ctx: Ctx): Promise<void> {
  const events = await deleteInBatches((maxRows) => ctx.tx((tx) => deleteClosedEvents(tx.db, keepDays, maxRows)));
  if (events > 0) ctx.log.info("webhooks.closed_forgotten", { events });
}

/** Once a day, at an hour when little is asked. */
export const retentionSchedule: Schedule = { name: "retention", cron: "17 3 * * *", handle: forgetClosedEvents };
