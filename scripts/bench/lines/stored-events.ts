import { setTimeout as pause } from "node:timers/promises";
import { query } from "../bed/databases.ts";
import type { Bed } from "../bed/open-bed.ts";

/** Empties our inbox and its queue, so that a line starts on an empty table as the other does. */
export async function emptyInbox({ databases }: Bed): Promise<void> {
  await query(databases.ownerUrl, "truncate private.webhook_inbox, private.webhook_leases");
  await query(databases.ownerUrl, "delete from pgboss.job where name like 'webhooks.%'");
}

/** Waits until no stored event is left to be worked on. Errors: one failed; it takes longer than two minutes. */
export async function allApplied({ databases }: Bed): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const [row] = await query(
      databases.ownerUrl,
      `select count(*) filter (where status = 'pending')::int as pending, count(*) filter (where attempts > 1 or status = 'dead')::int as failed
       from private.webhook_inbox`,
    );
    if (row?.["failed"] !== 0) throw new Error(`${String(row?.["failed"])} events could not be applied at once.`);
    if (row["pending"] === 0) return;
    if (Date.now() > deadline) throw new Error(`${String(row["pending"])} events were not applied in time.`);
    await pause(10);
  }
}

/** Looks into the tables: a figure for work that was not done is none. Errors: ours lacks an event, or theirs an object. */
export async function requireStored({ databases }: Bed, events: number): Promise<void> {
  const [ours] = await query(databases.ownerUrl, "select count(*)::int as stored from private.webhook_inbox");
  const [theirs] = await query(
    databases.syncUrl,
    "select (select count(*) from stripe.customers)::int as customers, (select count(*) from stripe.subscriptions)::int as subscriptions",
  );
  if (ours?.["stored"] !== events) throw new Error(`Of ${events} events ${String(ours?.["stored"])} were stored.`);
  // Each line brings customers of its own.
  const customers = Number(theirs?.["customers"]);
  if (!(customers > 0) || theirs?.["subscriptions"] !== customers)
    throw new Error("The stripe-sync-engine did not store its customers and subscriptions.");
}
