import type Stripe from "stripe";
import type { Ctx } from "@turnpike/core";
import { askStripe, findAtStripe } from "@turnpike/products";
import { readDatabaseClock } from "../queries/subscriptions.ts";

/** A subscription as Stripe has it, with all its items and what its customer says of itself. */
export interface SubscriptionSnapshot {
  subscription: Stripe.Subscription;
  items: Stripe.SubscriptionItem[];
  stripeCustomerId: string;
  customerMetadata: Stripe.Metadata;
  latestInvoice: Stripe.Invoice | null;
  /** The database's clock when the reading began: of two readings the later one holds. */
  readAt: Date;
}

const expand = ["customer", "latest_invoice"];

/**
 * Reads a subscription whole. Null when Stripe has none of this id. `asOf` is the database's clock where the caller has
 * just asked for it. Errors: core.unavailable.
 */
export async function readSubscription(
  ctx: Ctx,
  stripeSubscriptionId: string,
  { asOf, request }: { asOf?: Date; request?: Stripe.RequestOptions | undefined } = {},
): Promise<SubscriptionSnapshot | null> {
  const readAt = asOf ?? (await ctx.tx((tx) => readDatabaseClock(tx.db)));
  const found = await findAtStripe(ctx.stripe.subscriptions.retrieve(stripeSubscriptionId, { expand }, request));
  if (!found) return null;
  return toSnapshot(found, await readItems(ctx, found), readAt);
}

/** Takes apart what was read with `expand`, so that the stored object is the plain one. */
function toSnapshot(found: Stripe.Subscription, items: Stripe.SubscriptionItem[], readAt: Date): SubscriptionSnapshot {
  const { customer, latest_invoice: invoice } = found;
  const stripeCustomerId = typeof customer === "string" ? customer : customer.id;
  return {
    subscription: {
      ...found,
      customer: stripeCustomerId,
      latest_invoice: invoice === null || typeof invoice === "string" ? invoice : invoice.id,
    },
    items,
    stripeCustomerId,
    customerMetadata: typeof customer === "string" || customer.deleted ? {} : customer.metadata,
    latestInvoice: invoice === null || typeof invoice === "string" ? null : invoice,
    readAt,
  };
}

/** A subscription brings its first items with it; further ones are paged. Errors: core.unavailable. */
async function readItems(ctx: Ctx, subscription: Stripe.Subscription): Promise<Stripe.SubscriptionItem[]> {
  if (!subscription.items.has_more) return subscription.items.data;
  const pages = ctx.stripe.subscriptionItems.list({ subscription: subscription.id, limit: 100 });
  return askStripe(pages.autoPagingToArray({ limit: 1000 }));
}

/** What a list of subscriptions is read with, to be the same as reading each. */
export const subscriptionListExpand = expand.map((field) => `data.${field}`);

/** A subscription out of a list, with its items. */
export async function snapshotFromList(
  ctx: Ctx,
  listed: Stripe.Subscription,
  readAt: Date,
): Promise<SubscriptionSnapshot> {
  return toSnapshot(listed, await readItems(ctx, listed), readAt);
}
