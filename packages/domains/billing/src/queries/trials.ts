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

/**
 * Whether a checkout holds the trial of an organization or a person: one that is complete, whose subscription may still
 * be on its way to us, or an open one of the person for another organization.
 */
export async function isTrialHeld(
  db: Db,
  params: { userId: string | null; organizationId: string; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom("checkout_sessions")
    .select("id")
    .where("trial_days", "is not", null)
    .where((eb) => {
      const ofPerson = params.userId === null ? eb.lit(false) : eb("created_by", "=", params.userId);
      const elsewhere = eb("organization_id", "<>", params.organizationId);
      const isOpen = eb.and([eb("status", "=", "open"), eb("expires_at", ">", params.now)]);
      const isComplete = eb("status", "=", "complete");
      const ofOrganization = eb("organization_id", "=", params.organizationId);
      return eb.or([eb.and([isComplete, eb.or([ofOrganization, ofPerson])]), eb.and([isOpen, ofPerson, elsewhere])]);
    })
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
