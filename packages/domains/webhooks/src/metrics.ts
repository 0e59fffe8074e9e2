import { defineCounter } from "@turnpike/core";
import type { Ctx, Gauges } from "@turnpike/core";
import { measureOpen } from "./inbox-queries.ts";

/** What became of each delivery. `refused`: no retry mends it. `not_stored`: answered 503, and Stripe sends it again. */
export const deliveries = defineCounter({
  name: "turnpike_webhooks_deliveries_total",
  help: "Deliveries of Stripe by what became of them.",
  label: "outcome",
  values: ["stored", "already_stored", "refused", "not_stored"],
});

/** How the inbox does: the same in every process that is asked. */
export const inboxGauges: Gauges = {
  name: "inbox",
  gauges: {
    turnpike_webhooks_pending: { help: "Stored events that wait or are worked off." },
    turnpike_webhooks_dead: { help: "Stored events that failed for good and wait for a replay." },
    turnpike_webhooks_oldest_pending_seconds: { help: "How long ago the oldest pending event came, put off or not." },
    turnpike_webhooks_lag_seconds: { help: "How long the event that waits longest has been due." },
  },
  async read(ctx: Ctx) {
    const open = await ctx.tx((tx) => measureOpen(tx.db));
    return {
      turnpike_webhooks_pending: open.pending,
      turnpike_webhooks_dead: open.dead,
      turnpike_webhooks_oldest_pending_seconds: open.oldestSec ?? 0,
      turnpike_webhooks_lag_seconds: open.overdueSec ?? 0,
    };
  },
};
