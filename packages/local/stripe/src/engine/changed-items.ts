import type { Ctx } from "../context.ts";
import { mergeMetadata } from "../http/params.ts";
import type { Price, Subscription, SubscriptionItem } from "../model/billing.ts";
import { invalidRequest, resourceMissing } from "../stripe-error.ts";
import { checkPrice, cycleOf, newItem, planOf } from "./build-subscription.ts";
import { nextPeriodEnd } from "./period.ts";
import { periodOf, withPeriod } from "./renew.ts";

/** One change, its price already looked up. */
export interface ItemRequest {
  id?: string | undefined;
  price?: Price | undefined;
  quantity?: number | undefined;
  metadata?: Record<string, string> | null | undefined;
  deleted?: boolean | undefined;
}

/** The items after the changes asked for. Nothing is stored. Errors: 404 for an unknown item, prices that do not go together, none left. */
export function changedItems(
  ctx: Ctx,
  subscription: Subscription,
  requests: readonly ItemRequest[],
): SubscriptionItem[] {
  const period = periodOf(subscription);
  let items = [...subscription.items.data];
  for (const [index, request] of requests.entries()) {
    const found = request.id === undefined ? undefined : items.find((item) => item.id === request.id);
    if (request.id !== undefined && found === undefined)
      throw resourceMissing("subscription_item", request.id, `items[${index}][id]`);
    if (found === undefined) {
      if (request.price === undefined)
        throw invalidRequest("Missing required param: items[price].", {
          code: "parameter_missing",
          param: `items[${index}][price]`,
        });
      items.push(
        newItem(
          ctx,
          subscription.id,
          { price: request.price, quantity: request.quantity ?? 1, metadata: mergeMetadata({}, request.metadata) },
          period,
        ),
      );
      continue;
    }
    if (request.deleted === true) items = items.filter((item) => item !== found);
    else items = items.map((item) => (item === found ? changedItem(found, request) : item));
  }
  const [first] = items;
  if (first === undefined)
    throw invalidRequest("A subscription must have at least one active plan.", { param: "items" });
  for (const item of items) if (!subscription.items.data.includes(item)) checkPrice(item.price, first.price);
  return items;
}

function changedItem(item: SubscriptionItem, request: ItemRequest): SubscriptionItem {
  const price = request.price ?? item.price;
  return {
    ...item,
    metadata: mergeMetadata(item.metadata, request.metadata),
    plan: planOf(price),
    price,
    quantity: request.quantity ?? item.quantity ?? 1,
  };
}

/** True when the changed items bill in another rhythm. */
export function intervalChanged(subscription: Subscription, data: readonly SubscriptionItem[]): boolean {
  const [old] = subscription.items.data;
  const [fresh] = data;
  if (old === undefined || fresh === undefined) return false;
  const from = cycleOf(old.price);
  const to = cycleOf(fresh.price);
  return from.interval !== to.interval || from.interval_count !== to.interval_count;
}

/** The subscription with a period that begins now. */
export function restarted(ctx: Ctx, subscription: Subscription): Subscription {
  const [item] = subscription.items.data;
  if (item === undefined) return subscription;
  const period = { start: ctx.now, end: nextPeriodEnd(ctx.now, ctx.now, cycleOf(item.price)) };
  return { ...withPeriod(subscription, period), billing_cycle_anchor: ctx.now };
}
