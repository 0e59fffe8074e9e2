import type { PgBoss } from "pg-boss";
import { z } from "zod";
import { jobsTable } from "./names.ts";

const LiveQueue = z.object({
  name: z.string(),
  /** Waiting, for its time or for a worker. */
  queued: z.coerce.number(),
  /** Of those the ones whose time has come. */
  due: z.coerce.number(),
  active: z.coerce.number(),
  /** How long the one that waits longest has been due, in seconds; 0 when none is. */
  lag: z.coerce.number(),
});

/**
 * Counts what waits and what runs now, of the queues that have either. The states stand as in pg-boss's index of live
 * jobs, so that finished ones, which are many, are not read.
 */
export async function readLiveQueues(boss: PgBoss): Promise<z.output<typeof LiveQueue>[]> {
  const { rows } = await boss.getDb().executeSql(`
    select name,
      count(*) filter (where state <> 'active') as queued,
      count(*) filter (where state <> 'active' and start_after <= now()) as due,
      count(*) filter (where state = 'active') as active,
      coalesce(extract(epoch from now() - min(start_after) filter (where state <> 'active' and start_after <= now())), 0) as lag
    from ${jobsTable} where state in ('created', 'retry', 'active') group by name`);
  return LiveQueue.array().parse(rows);
}
