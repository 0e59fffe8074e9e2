import type Stripe from "stripe";
import type { StripeMirror } from "@turnpike/core";
import products from "@turnpike/products";
import billing from "../src/index.ts";
import type { BillingBed } from "./billing-bed.ts";

const mirrors: readonly StripeMirror[] = [...products.stripe, ...billing.stripe];

/** Does with an event what the worker does: which objects, read back outside a transaction, write in one. */
export async function deliver(bed: BillingBed, event: Stripe.Event): Promise<void> {
  const ctx = bed.app.ctxOf({ type: "system", job: "webhooks.process" });
  const asOf = await bed.app.databaseNow();
  const planned = mirrors.flatMap((mirror) =>
    mirror
      .refs(event)
      .filter(({ object }) => object === mirror.object)
      .map(({ id }) => ({ mirror, id })),
  );
  const read: { mirror: StripeMirror; id: string; snapshot: unknown }[] = [];
  for (const { mirror, id } of planned) read.push({ mirror, id, snapshot: await mirror.read(ctx, id, event, asOf) });
  await ctx.system("test").tx(async (tx) => {
    for (const { mirror, id, snapshot } of read) await mirror.apply(tx, id, snapshot, event);
  });
}

/** Every event of a customer that Stripe has, oldest first. */
export async function eventsOf(bed: BillingBed, customer: string): Promise<Stripe.Event[]> {
  const events = await bed.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return events.filter(({ data }) => JSON.stringify(data.object).includes(`"${customer}"`)).toReversed();
}

/** An event as somebody's Stripe might send it, of whatever API version. */
export function foreignEvent(type: string, object: object): Stripe.Event {
  const event: Stripe.Event = JSON.parse(
    JSON.stringify({
      id: `evt_${crypto.randomUUID()}`,
      object: "event",
      type,
      created: 1_700_000_000,
      data: { object },
    }),
  );
  return event;
}
