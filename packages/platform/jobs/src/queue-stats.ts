import type { PgBoss } from "pg-boss";
import { z } from "zod";
import type { QueueStats } from "@turnpike/core";
import { jobsTable } from "./names.ts";

const LiveCount = z.object({ name: z.string(), queued: z.coerce.number(), active: z.coerce.number() });

/** Counts what waits and what runs now; pg-boss itself counts once a minute, and finished jobs are too many to count each time. */
export async function queueStats(boss: PgBoss): Promise<QueueStats[]> {
  const { rows } = await boss.getDb().executeSql(`
    select name,
      count(*) filter (where state in ('created', 'retry')) as queued,
      count(*) filter (where state = 'active') as active
    from ${jobsTable} where state in ('created', 'retry', 'active') group by name`);
  const counts = new Map(
    LiveCount.array()
      .parse(rows)
      .map((row) => [row.name, row]),
  );
  const queues = await boss.getQueues();
  return queues.map(({ name, failedCount }) => ({
    queue: name,
    queued: counts.get(name)?.queued ?? 0,
    active: counts.get(name)?.active ?? 0,
    failed: failedCount,
  }));
}
