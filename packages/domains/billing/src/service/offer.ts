import { z } from "zod";
import type { OrganizationCtx } from "@turnpike/core";
import type { PriceWithProduct } from "@turnpike/products";
import { findActivePriceByLookupKey, listPricesById, listPricesByStripeId } from "@turnpike/products";
import { errors } from "../errors.ts";
import { isTerminal } from "../mirror/subscription-row.ts";
import { listSubscriptionItems } from "../queries/subscription-items.ts";
import { listSubscriptions } from "../queries/subscriptions.ts";

/** The plan that a checkout names, on sale. Errors: billing.price_not_found, billing.price_not_recurring. */
export async function findPrice(
  ctx: OrganizationCtx,
  named: { lookupKey?: string | undefined; priceId?: string | undefined },
): Promise<PriceWithProduct> {
  const price = await ctx.system("find a price on sale").tx(async (tx) => {
    if (named.lookupKey !== undefined) return findActivePriceByLookupKey(tx.db, named.lookupKey);
    const id = named.priceId ?? "";
    const isOurs = z.uuid().safeParse(id).success;
    const [found] = await (isOurs ? listPricesById(tx.db, [id]) : listPricesByStripeId(tx.db, [id]));
    return found;
  });
  if (!price?.isActive || !price.isProductActive) throw errors.price_not_found({ ...named });
  if (price.type !== "recurring") throw errors.price_not_recurring({ priceId: price.id });
  return price;
}

/**
 * Refuses a second subscription to the same product: one that is past due or unpaid is paid, not bought again.
 * Errors: billing.already_subscribed.
 */
export async function requireNoSubscription(ctx: OrganizationCtx, price: PriceWithProduct): Promise<void> {
  await ctx.system("look for a subscription").tx(async (tx) => {
    const subscriptions = await listSubscriptions(tx.db, ctx.organization.id);
    const running = subscriptions.filter(({ status }) => !isTerminal(status)).map(({ id }) => id);
    const items = await listSubscriptionItems(tx.db, running);
    const prices = await listPricesById(
      tx.db,
      items.flatMap(({ priceId }) => (priceId === null ? [] : [priceId])),
    );
    if (prices.some(({ productId }) => productId === price.productId)) {
      throw errors.already_subscribed({ organizationId: ctx.organization.id, productId: price.productId });
    }
  });
}
