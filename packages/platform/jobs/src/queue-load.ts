import type { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Gauges, Module, Sample } from "@turnpike/core";
import { readLiveQueues } from "./live-queues.ts";
import { deadLetterQueue, jobsTable } from "./names.ts";
import { jobQueues } from "./queues.ts";

const DeadLetters = z.object({ name: z.string(), count: z.coerce.number() });

/** The queues of the modules as they are now in the database, the same for every process that is asked. */
export function jobsGauges(boss: PgBoss, modules: readonly Module[]): Gauges<void> {
  const queues = jobQueues(modules).map(({ queue }) => queue);
  return {
    name: "jobs",
    gauges: {
      turnpike_jobs_due: { help: "Jobs whose time has come and that no worker has taken.", labels: ["queue"] },
      turnpike_jobs_active: { help: "Jobs that a worker is at.", labels: ["queue"] },
      turnpike_jobs_lag_seconds: { help: "How long the job that waits longest has been due.", labels: ["queue"] },
      turnpike_jobs_dead_letters: { help: "Jobs that failed for good and wait for an operator.", labels: ["queue"] },
    },
    async read() {
      const [loads, deadLetters] = await Promise.all([readLiveQueues(boss), readDeadLetters(boss)]);
      const of = (values: ReadonlyMap<string, number>): Sample[] =>
        queues.map((queue) => ({ labels: { queue }, value: values.get(queue) ?? 0 }));
      return {
        turnpike_jobs_due: of(new Map(loads.map(({ name, due }) => [name, due]))),
        turnpike_jobs_active: of(new Map(loads.map(({ name, active }) => [name, active]))),
        turnpike_jobs_lag_seconds: of(new Map(loads.map(({ name, lag }) => [name, lag]))),
        turnpike_jobs_dead_letters: of(new Map(deadLetters.map(({ name, count }) => [name, count]))),
      };
    },
  };
}

async function readDeadLetters(boss: PgBoss) {
  const { rows } = await boss.getDb().executeSql(`
    select coalesce(source_name, '') as name, count(*) as count
    from ${jobsTable} where name = '${deadLetterQueue}' and state in ('created', 'retry', 'active') group by 1`);
  return DeadLetters.array().parse(rows);
}
