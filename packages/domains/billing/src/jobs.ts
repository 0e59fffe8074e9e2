import { z } from "zod";
import { defineJob } from "@turnpike/core";
import { listPricesByStripeId } from "@turnpike/products";
import type { FollowUps } from "./mirror/link-customer.ts";
import { linkUnknownPrice } from "./service/link-unknown-price.ts";
import { syncCustomer } from "./service/sync-customer.ts";

/** Reads everything of a customer back: queued when a customer is linked, for what came before the link was known. */
export const syncCustomerJob = defineJob({
  queue: "billing.sync_customer",
  schema: z.object({ organizationId: z.uuid() }),
  handle: async (ctx, { organizationId }) => void (await syncCustomer(ctx, { organizationId }, followUps)),
});

/**
 * Links items to a price that came into the catalogue while they were written: neither transaction saw the other. A
 * price that comes later is linked by its own event.
 */
export const linkPriceJob = defineJob({
  queue: "billing.link_price",
  schema: z.object({ stripePriceId: z.string() }),
  async handle(ctx, { stripePriceId }) {
    const [price] = await ctx.system("find a price").tx((tx) => listPricesByStripeId(tx.db, [stripePriceId]));
    if (price) await linkUnknownPrice(ctx, { priceId: price.id, stripePriceId });
  },
});

/** The mirror's jobs, as the mirror needs them. */
export const followUps: FollowUps = {
  syncCustomer: (tx, organizationId) => tx.enqueue(syncCustomerJob, { organizationId }),
  linkPrice: (tx, stripePriceId) => tx.enqueue(linkPriceJob, { stripePriceId }),
};
