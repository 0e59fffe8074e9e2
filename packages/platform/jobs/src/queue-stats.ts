import type { PgBoss } from "pg-boss";
import type { QueueStats } from "@turnpike/core";
import { readLiveQueues } from "./live-queues.ts";

/** What waits and what runs now, of every queue; what failed is pg-boss's own count, which it makes once a minute. */
export async function queueStats(boss: PgBoss): Promise<QueueStats[]> {
  const live = await readLiveQueues(boss);
  const counts = new Map(live.map((row) => [row.name, row]));
  const queues = await boss.getQueues();
  return queues.map(({ name, failedCount }) => ({
    queue: name,
    queued: counts.get(name)?.queued ?? 0,
    active: counts.get(name)?.active ?? 0,
    failed: failedCount,
  }));
}
