import type { Ctx, DomainEvent, Listener } from "@turnpike/core";

/**
 * Runs a durable listener for one event: at least once, and not again once it has succeeded.
 * The receipt is written after the work, so a crash in between repeats it; listeners are idempotent by event id.
 */
export async function runListener(ctx: Ctx, queue: string, listener: Listener, eventId: string): Promise<void> {
  const event = await findUnhandled(ctx, queue, eventId);
  if (!event) return;
  await listener.handle(ctx, event);
  await ctx.tx((tx) =>
    tx.db
      .insertInto("private.event_receipts")
      .values({ event_id: eventId, listener: queue })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

/** The event, or undefined when this listener has handled it already. */
async function findUnhandled(ctx: Ctx, queue: string, eventId: string): Promise<DomainEvent | undefined> {
  const row = await ctx.tx((tx) =>
    tx.db
      .selectFrom("private.events as e")
      .select(["e.id", "e.name", "e.organization_id", "e.occurred_at", "e.data"])
      .where("e.id", "=", eventId)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("private.event_receipts as r")
              .select("r.event_id")
              .whereRef("r.event_id", "=", "e.id")
              .where("r.listener", "=", queue),
          ),
        ),
      )
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  return {
    id: row.id,
    name: row.name,
    organizationId: row.organization_id,
    occurredAt: row.occurred_at,
    data: row.data,
  };
}
