import type { OrganizationCtx } from "@turnpike/core";
import { pageOf } from "@turnpike/core";
import { listPricesById } from "@turnpike/products";
import { errors } from "../errors.ts";
import { isEnding } from "../mirror/subscription-changes.ts";
import type { ListInput, Subscription, SubscriptionId, SubscriptionItem } from "../models.ts";
import type { SubscriptionItemRow } from "../queries/subscription-items.ts";
import { listSubscriptionItems } from "../queries/subscription-items.ts";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import { findSubscription, listSubscriptions as selectSubscriptions } from "../queries/subscriptions.ts";
import { endOfSubscription, paymentGraceEnd } from "../subscription-standing.ts";

/** A page of the organization's subscriptions, newest first. */
export async function listSubscriptions(
  ctx: OrganizationCtx,
  input: ListInput,
): Promise<{ items: Subscription[]; nextCursor: string | null }> {
  const page = { before: input.cursor ?? null, limit: input.limit + 1 };
  const rows = await ctx.tx((tx) => selectSubscriptions(tx.db, ctx.organization.id, page));
  const { items, nextCursor } = pageOf(rows, input.limit, ({ id }) => id);
  return { items: await toSubscriptions(ctx, items), nextCursor };
}

/** One subscription of the organization. Errors: billing.not_found. */
export async function getSubscription(ctx: OrganizationCtx, input: SubscriptionId): Promise<Subscription> {
  const [subscription] = await toSubscriptions(ctx, [await getSubscriptionRow(ctx, input)]);
  if (!subscription) throw errors.not_found({ ...input });
  return subscription;
}

/** The row of one subscription of the organization. Errors: billing.not_found. */
export async function getSubscriptionRow(ctx: OrganizationCtx, input: SubscriptionId): Promise<SubscriptionRow> {
  const row = await ctx.tx((tx) => findSubscription(tx.db, ctx.organization.id, input.subscriptionId));
  if (!row) throw errors.not_found({ ...input });
  return row;
}

async function toSubscriptions(ctx: OrganizationCtx, rows: SubscriptionRow[]): Promise<Subscription[]> {
  const ids = rows.map(({ id }) => id);
  const itemRows = await ctx.tx((tx) => listSubscriptionItems(tx.db, ids));
  const items = await toItems(ctx, itemRows);
  return rows.map((row) => ({
    ...row,
    isEnding: isEnding(row),
    endsAt: row.endedAt ?? endOfSubscription(row),
    trialEndsAt: row.trialEnd,
    paymentGraceUntil:
      row.status === "past_due" ? paymentGraceEnd(row.pastDueSince, ctx.config.paymentGraceDays) : null,
    items: itemRows.flatMap(({ id, subscriptionId }) => {
      const item = items.get(id);
      return subscriptionId === row.id && item ? [item] : [];
    }),
  }));
}

/** Members see only what is on sale, and may well pay something that is not any more: the catalogue is read for them. */
async function toItems(ctx: OrganizationCtx, rows: SubscriptionItemRow[]): Promise<Map<string, SubscriptionItem>> {
  const priceIds = rows.flatMap(({ priceId }) => (priceId === null ? [] : [priceId]));
  const prices = await ctx.system("name what is paid").tx((tx) => listPricesById(tx.db, priceIds));
  const priceOf = new Map(prices.map((price) => [price.id, price]));
  return new Map(
    rows.map(({ id, priceId, quantity }) => {
      const price = priceOf.get(priceId ?? "");
      const item = {
        id,
        priceId,
        quantity,
        lookupKey: price?.lookupKey ?? null,
        productId: price?.productId ?? null,
        productName: price?.productName ?? null,
        unitAmountMinor: price?.unitAmountMinor ?? null,
        currency: price?.currency ?? null,
        interval: price?.interval ?? null,
        intervalCount: price?.intervalCount ?? null,
      };
      return [id, item];
    }),
  );
}
