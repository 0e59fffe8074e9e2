import type { Ctx } from "@turnpike/core";
import { processJob } from "../jobs.ts";
import { insertEvents } from "../queries.ts";
import type { NewEvent } from "../queries.ts";

/** An event on its way into the inbox, and how soon its job runs among others. */
export interface IncomingEvent {
  row: NewEvent;
  priority: number;
  /** Of the body as it came. */
  sizeBytes: number;
}

/**
 * Stores events with their jobs in one transaction and returns those that were new: of several with one id the first.
 * Ids go in sorted, so that two instances that store the same events in another order do not wait for each other.
 */
export async function storeEvents(ctx: Ctx, events: readonly IncomingEvent[]): Promise<ReadonlySet<IncomingEvent>> {
  const distinct = new Map<string, IncomingEvent>();
  for (const event of events) if (!distinct.has(event.row.event_id)) distinct.set(event.row.event_id, event);
  const sorted = [...distinct.values()].toSorted((a, b) => (a.row.event_id < b.row.event_id ? -1 : 1));
  return ctx.tx(async (tx) => {
    const newIds = await insertEvents(
      tx.db,
      sorted.map(({ row }) => row),
    );
    const added = sorted.filter(({ row }) => newIds.has(row.id));
    const jobs = added
      .filter(({ row }) => row.status === "pending")
      .map(({ row, priority }) => ({ data: { subject: row.subject }, priority }));
    await tx.enqueueAll(processJob, jobs);
    return new Set(added);
  });
}
