import type { Tx } from "@turnpike/core";
import { newId } from "@turnpike/core";
import { listPricesByStripeId } from "@turnpike/products";
import type { SubscriptionItemRow } from "../queries/subscription-items.ts";
import { listSubscriptionItems, replaceSubscriptionItems } from "../queries/subscription-items.ts";
import type { SubscriptionRow } from "../queries/subscriptions.ts";
import { endSubscription, lockSubscription, upsertSubscription } from "../queries/subscriptions.ts";
import { withAccessDiff } from "./access-diff.ts";
import { itemRows, itemsDiffer } from "./item-rows.ts";
import type { FollowUps } from "./link-customer.ts";
import { organizationKey, organizationOfCustomer } from "./link-customer.ts";
import type { SubscriptionSnapshot } from "./read-subscription.ts";
import { rememberTrial } from "./remember-trial.ts";
import { changesOf } from "./subscription-changes.ts";
import { isTerminal, subscriptionRow } from "./subscription-row.ts";

/** What a writing of the mirror needs besides the transaction. */
export interface ApplyOptions {
  /** The Stripe event that made us look; null when a procedure or a check did. */
  stripeEventId: string | null;
  followUps: FollowUps;
}

/**
 * Writes a subscription and its items as they were read, and emits what is different. Needs the service role.
 * An older reading never overwrites a later one, and what has ended stays ended.
 * Returns our id, or null when its customer belongs to no organization (yet).
 */
export async function applySubscription(
  tx: Tx,
  snapshot: SubscriptionSnapshot,
  options: ApplyOptions,
): Promise<string | null> {
  const { subscription } = snapshot;
  const claims = [snapshot.customerMetadata[organizationKey], subscription.metadata[organizationKey]];
  const linked = await organizationOfCustomer(tx, snapshot.stripeCustomerId, claims, options.followUps);
  const before = await lockSubscription(tx.db, subscription.id);
  const organizationId = before?.organizationId ?? linked;
  if (organizationId === null) return null;
  if (before && !mayReplace(tx, before, snapshot)) return before.id;
  return withAccessDiff(tx, organizationId, options.stripeEventId, () =>
    write(tx, snapshot, before, { id: before?.id ?? newId(), organizationId }, options),
  );
}

function mayReplace(tx: Tx, before: SubscriptionRow, { subscription, readAt }: SubscriptionSnapshot): boolean {
  const known = { stripeSubscriptionId: before.stripeSubscriptionId, status: before.status };
  if (isTerminal(before.status) && !isTerminal(subscription.status)) {
    tx.log.error("billing.status_after_end", { ...known, read: subscription.status });
    return false;
  }
  if (before.syncedAt <= readAt) return true;
  tx.log.info("billing.older_reading_skipped", known);
  return false;
}

async function write(
  tx: Tx,
  snapshot: SubscriptionSnapshot,
  before: SubscriptionRow | undefined,
  identity: { id: string; organizationId: string },
  options: ApplyOptions,
): Promise<string> {
  const prices = await listPricesByStripeId(
    tx.db,
    snapshot.items.map(({ price }) => price.id),
  );
  const priceIds = new Map(prices.map((price) => [price.stripePriceId, price.id]));
  const planItem = snapshot.items.find(({ price }) => priceIds.has(price.id)) ?? snapshot.items[0];
  const after = subscriptionRow(identity, snapshot, planItem, before, tx.now());
  const oldItems = before ? await listSubscriptionItems(tx.db, [before.id]) : [];
  const newItems = itemRows(identity, snapshot.items, priceIds, oldItems);
  await upsertSubscription(tx.db, after, JSON.stringify(snapshot.subscription));
  await replaceSubscriptionItems(tx.db, identity.id, newItems);
  await rememberTrial(tx, after, snapshot.subscription.metadata);
  await reportUnknown(tx, after, newItems, options.followUps);
  await emitChanges(tx, before, after, itemsDiffer(oldItems, newItems), options.stripeEventId);
  return after.id;
}

const knownStatuses = new Set([
  "incomplete",
  "incomplete_expired",
  "trialing",
  "active",
  "past_due",
  "unpaid",
  "paused",
  "canceled",
]);

/** What grants nothing because we do not know it is worth somebody's attention. */
async function reportUnknown(
  tx: Tx,
  row: SubscriptionRow,
  items: SubscriptionItemRow[],
  followUps: FollowUps,
): Promise<void> {
  const { stripeSubscriptionId, status } = row;
  if (!knownStatuses.has(status)) tx.log.error("billing.unknown_status", { stripeSubscriptionId, status });
  for (const { priceId, stripePriceId } of items) {
    if (priceId !== null) continue;
    tx.log.warn("billing.unknown_price", { stripeSubscriptionId, stripePriceId });
    await followUps.linkPrice(tx, stripePriceId);
  }
}

/** Ends a subscription that Stripe has no more, as the event of its end says. Nothing happens when nobody knows it. */
export async function applyMissingSubscription(
  tx: Tx,
  stripeSubscriptionId: string,
  end: { status: string; endedAt: Date },
  stripeEventId: string,
): Promise<void> {
  const before = await lockSubscription(tx.db, stripeSubscriptionId);
  if (!before || isTerminal(before.status)) return;
  await withAccessDiff(tx, before.organizationId, stripeEventId, async () => {
    await endSubscription(tx.db, before.id, end.status, end.endedAt);
    await emitChanges(tx, before, { ...before, status: end.status, endedAt: end.endedAt }, false, stripeEventId);
  });
}

async function emitChanges(
  tx: Tx,
  before: SubscriptionRow | undefined,
  after: SubscriptionRow,
  hasOtherItems: boolean,
  stripeEventId: string | null,
): Promise<void> {
  for (const change of changesOf(before, after, hasOtherItems)) {
    await tx.emit(change, {
      organizationId: after.organizationId,
      subscriptionId: after.id,
      stripeSubscriptionId: after.stripeSubscriptionId,
      status: after.status,
      previousStatus: before?.status ?? null,
      stripeEventId,
    });
  }
}
