import type { Tx } from "@turnpike/core";

type Db = Tx["db"];

/** Remembers a trial of these subjects; the first one of each stays. */
export async function addTrialUse(db: Db, subjects: string[], stripeSubscriptionId: string): Promise<void> {
  await db
    .insertInto("private.trial_uses")
    .values(subjects.map((subject) => ({ subject, stripe_subscription_id: stripeSubscriptionId })))
    .onConflict((conflict) => conflict.column("subject").doNothing())
    .execute();
}

/** Whether any of these subjects has had a trial. */
export async function hasTrialUse(db: Db, subjects: string[]): Promise<boolean> {
  const row = await db
    .selectFrom("private.trial_uses")
    .select("subject")
    .where("subject", "in", subjects)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a person has a trial within reach: an open checkout of another organization. */
export async function hasOpenTrialElsewhere(
  db: Db,
  params: { userId: string; organizationId: string; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom("checkout_sessions")
    .select("id")
    .where("created_by", "=", params.userId)
    .where("organization_id", "<>", params.organizationId)
    .where("status", "=", "open")
    .where("trial_days", "is not", null)
    .where("expires_at", ">", params.now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
