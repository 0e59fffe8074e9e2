import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** A subscription as we hold it. */
export interface SubscriptionRow {
  id: string;
  organizationId: string;
  stripeSubscriptionId: string;
  stripeCustomerId: string;
  status: string;
  cancelAtPeriodEnd: boolean;
  cancelAt: Date | null;
  canceledAt: Date | null;
  endedAt: Date | null;
  cancellationReason: string | null;
  trialStart: Date | null;
  trialEnd: Date | null;
  currentPeriodStart: Date | null;
  currentPeriodEnd: Date | null;
  pauseBehavior: string | null;
  pauseBeganAt: Date | null;
  pauseResumesAt: Date | null;
  pastDueSince: Date | null;
  startedAt: Date;
  syncedAt: Date;
}

// Never the snapshot: members may read these columns and not that one.
const columns = [
  "id",
  "organization_id as organizationId",
  "stripe_subscription_id as stripeSubscriptionId",
  "stripe_customer_id as stripeCustomerId",
  "status",
  "cancel_at_period_end as cancelAtPeriodEnd",
  "cancel_at as cancelAt",
  "canceled_at as canceledAt",
  "ended_at as endedAt",
  "cancellation_reason as cancellationReason",
  "trial_start as trialStart",
  "trial_end as trialEnd",
  "current_period_start as currentPeriodStart",
  "current_period_end as currentPeriodEnd",
  "pause_behavior as pauseBehavior",
  "pause_began_at as pauseBeganAt",
  "pause_resumes_at as pauseResumesAt",
  "past_due_since as pastDueSince",
  "started_at as startedAt",
  "synced_at as syncedAt",
] as const;

/** The database's clock: the same for every instance, so that readings of Stripe can be put in order. */
export async function readDatabaseClock(db: Db): Promise<Date> {
  const { now } = await db.selectNoFrom(sql<Date>`clock_timestamp()`.as("now")).executeTakeFirstOrThrow();
  return now;
}

/**
 * Subscriptions of an organization, newest first; `before` is the id of the last one of the page before. By Stripe's
 * time and not by our id: what was before the customer was linked is read back from the newest on.
 */
export function listSubscriptions(
  db: Db,
  organizationId: string,
  page?: { before: string | null; limit: number },
): Promise<SubscriptionRow[]> {
  const query = db
    .selectFrom("subscriptions")
    .select(columns)
    .where("organization_id", "=", organizationId)
    .orderBy("started_at", "desc")
    .orderBy("id", "desc");
  if (!page) return query.execute();
  const limited = query.limit(page.limit);
  if (page.before === null) return limited.execute();
  return limited
    .where(
      sql<boolean>`(started_at, id) < (select s.started_at, s.id from public.subscriptions s where s.id = ${page.before}::uuid)`,
    )
    .execute();
}

/** A subscription of an organization by our id. */
export function findSubscription(db: Db, organizationId: string, id: string): Promise<SubscriptionRow | undefined> {
  return db
    .selectFrom("subscriptions")
    .select(columns)
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** A subscription by Stripe's id, locked until the transaction ends. */
export function lockSubscription(db: Db, stripeSubscriptionId: string): Promise<SubscriptionRow | undefined> {
  return db
    .selectFrom("subscriptions")
    .select(columns)
    .where("stripe_subscription_id", "=", stripeSubscriptionId)
    .forUpdate()
    .executeTakeFirst();
}

/** Writes a subscription whole; Stripe's id decides which row it is. `snapshot` is JSON text. */
export async function upsertSubscription(db: Db, row: SubscriptionRow, snapshot: string): Promise<void> {
  const values = {
    stripe_customer_id: row.stripeCustomerId,
    status: row.status,
    cancel_at_period_end: row.cancelAtPeriodEnd,
    cancel_at: row.cancelAt,
    canceled_at: row.canceledAt,
    ended_at: row.endedAt,
    cancellation_reason: row.cancellationReason,
    trial_start: row.trialStart,
    trial_end: row.trialEnd,
    current_period_start: row.currentPeriodStart,
    current_period_end: row.currentPeriodEnd,
    pause_behavior: row.pauseBehavior,
    pause_began_at: row.pauseBeganAt,
    pause_resumes_at: row.pauseResumesAt,
    past_due_since: row.pastDueSince,
    started_at: row.startedAt,
    snapshot,
    synced_at: row.syncedAt,
  };
  const identity = {
    id: row.id,
    organization_id: row.organizationId,
    stripe_subscription_id: row.stripeSubscriptionId,
  };
  await db
    .insertInto("subscriptions")
    .values({ ...identity, ...values })
    .onConflict((conflict) => conflict.column("stripe_subscription_id").doUpdateSet(values))
    .execute();
}

/** Ends a subscription that Stripe has no more. */
export async function endSubscription(db: Db, id: string, status: string, endedAt: Date): Promise<void> {
  await db
    .updateTable("subscriptions")
    .set({ status, ended_at: endedAt, canceled_at: sql<Date>`coalesce(canceled_at, ${endedAt})` })
    .where("id", "=", id)
    .execute();
}

/** Subscriptions of a customer at Stripe that have not ended, locked until the transaction ends. */
export function lockRunningSubscriptions(db: Db, stripeCustomerId: string): Promise<SubscriptionRow[]> {
  return db
    .selectFrom("subscriptions")
    .select(columns)
    .where("stripe_customer_id", "=", stripeCustomerId)
    .where("ended_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
}
