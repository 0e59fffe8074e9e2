import { isDeepStrictEqual } from "node:util";
import type Stripe from "stripe";
import { newId } from "@turnpike/core";
import type { SubscriptionItemRow } from "../queries/subscription-items.ts";
import { dateOf } from "./stripe-values.ts";

/** The rows of a subscription's items; known items keep their ids. Metered items have no quantity and count as one. */
export function itemRows(
  subscription: { id: string; organizationId: string },
  items: Stripe.SubscriptionItem[],
  priceIds: ReadonlyMap<string, string>,
  known: SubscriptionItemRow[],
): SubscriptionItemRow[] {
  return items.map((item) => ({
    id: known.find(({ stripeItemId }) => stripeItemId === item.id)?.id ?? newId(),
    subscriptionId: subscription.id,
    organizationId: subscription.organizationId,
    stripeItemId: item.id,
    stripePriceId: item.price.id,
    priceId: priceIds.get(item.price.id) ?? null,
    quantity: item.quantity ?? 1,
    currentPeriodStart: dateOf(item.current_period_start),
    currentPeriodEnd: dateOf(item.current_period_end),
  }));
}

/** Whether two sets of items differ, in whatever order they come. */
export function itemsDiffer(before: SubscriptionItemRow[], after: SubscriptionItemRow[]): boolean {
  return !isDeepStrictEqual(byStripeId(before), byStripeId(after));
}

function byStripeId(items: SubscriptionItemRow[]): Map<string, SubscriptionItemRow> {
  return new Map(items.map((item) => [item.stripeItemId, item]));
}
