import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { query } from "../bed/databases.ts";
import type { Bed } from "../bed/open-bed.ts";
import type { Receiver } from "./stripe-events.ts";

/** Empties our inbox and its queue, so that a line starts on an empty table as the other does. */
export async function emptyInbox({ databases }: Bed): Promise<void> {
  await query(databases.ownerUrl, "truncate private.webhook_inbox, private.webhook_leases");
  await query(databases.ownerUrl, "delete from pgboss.job where name like 'webhooks.%'");
}

/** Looks at our inbox over a connection of its own. */
export interface InboxWatch {
  /** Waits until no stored event is left to be worked on. Errors: one failed; it takes longer than two minutes. */
  allApplied(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a watch. It looks at what is pending alone, by the index of that: it shares the machine with those it waits for. */
export async function watchInbox({ databases }: Bed): Promise<InboxWatch> {
  const client = new Client({ connectionString: databases.ownerUrl, options: "-c enable_seqscan=off" });
  await client.connect();
  return {
    async allApplied() {
      const deadline = Date.now() + 120_000;
      for (;;) {
        const { rows } = await client.query<{ pending: number; failed: number }>(
          `select count(*)::int as pending, count(*) filter (where attempts > 0)::int as failed
           from private.webhook_inbox where status = 'pending'`,
        );
        const { pending = 0, failed = 0 } = rows[0] ?? {};
        if (failed > 0) throw new Error(`${failed} events could not be applied at once.`);
        if (pending === 0) return;
        if (Date.now() > deadline) throw new Error(`${pending} events were not applied in time.`);
        await pause(10);
      }
    },
    close: () => client.end(),
  };
}

/** Errors: an event that we were sent is not in our inbox. */
export async function requireStored({ databases }: Bed, ours: Receiver): Promise<void> {
  const [row] = await query(databases.ownerUrl, "select count(*)::int as stored from private.webhook_inbox");
  if (row?.["stored"] !== ours.count())
    throw new Error(`Of ${ours.count()} events ${String(row?.["stored"])} were stored.`);
}

/** Errors: an event that we were sent was not applied, at the first try, or nobody wanted it. */
export async function requireApplied(bed: Bed, ours: Receiver): Promise<void> {
  await requireStored(bed, ours);
  const [row] = await query(
    bed.databases.ownerUrl,
    "select count(*)::int as others from private.webhook_inbox where status <> 'done' or attempts <> 1",
  );
  if (row?.["others"] !== 0) throw new Error(`${String(row?.["others"])} events were not applied at the first try.`);
}

/** Errors: an object in the tables of the stripe-sync-engine is not as the newest event about it said. */
export async function requireSynced({ databases }: Bed, theirs: Receiver): Promise<void> {
  const rows = await query(
    databases.syncUrl,
    `select id, metadata->>'delivery' as delivery from stripe.customers
     union all select id, metadata->>'delivery' from stripe.subscriptions`,
  );
  const stored = new Map(rows.map((row) => [row["id"], row["delivery"]]));
  const wrong = [...theirs.newest].filter(([id, delivery]) => stored.get(id) !== delivery);
  if (wrong.length > 0)
    throw new Error(`The stripe-sync-engine holds ${wrong.length} of ${theirs.newest.size} objects otherwise.`);
}
