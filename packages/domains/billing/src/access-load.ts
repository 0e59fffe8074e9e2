import type { Tx } from "@turnpike/core";
import { listFeatures, listFeaturesOf, listPricesById } from "@turnpike/products";
import type { AccessFacts } from "./access-facts.ts";
import { listGrantFacts } from "./queries/access.ts";
import { listSubscriptionItems } from "./queries/subscription-items.ts";
import { listSubscriptions } from "./queries/subscriptions.ts";

/** Reads all that access of an organization is decided from. Needs the service role: archived plans still grant. */
export async function loadAccessFacts(tx: Tx, organizationId: string): Promise<AccessFacts> {
  const subscriptions = await listSubscriptions(tx.db, organizationId);
  const items = await listSubscriptionItems(
    tx.db,
    subscriptions.map(({ id }) => id),
  );
  const prices = await listPricesById(
    tx.db,
    items.flatMap(({ priceId }) => (priceId === null ? [] : [priceId])),
  );
  const productOf = new Map(prices.map((price) => [price.id, price.productId]));
  const offers = await listFeaturesOf(tx.db, [...new Set(productOf.values())]);
  const features = await listFeatures(tx.db);
  return {
    features: features.map(({ key }) => key),
    grants: await listGrantFacts(tx.db, organizationId),
    subscriptions: subscriptions.map((subscription) => {
      const own = items.filter(({ subscriptionId }) => subscriptionId === subscription.id);
      const products = new Set(own.map(({ priceId }) => productOf.get(priceId ?? "")));
      return {
        ...subscription,
        features: offers.filter(({ productId }) => products.has(productId)),
        unknownPrices: own.filter(({ priceId }) => priceId === null).map(({ stripePriceId }) => stripePriceId),
      };
    }),
  };
}
