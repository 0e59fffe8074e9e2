import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { DB } from "@turnpike/core";
import { deadLetterQueue, jobsTable } from "@turnpike/jobs";

const timeoutMs = 20_000;

/** Resolves when no job is due, running or waiting for a retry; rejects after 20 s with what was still there. */
export async function untilIdle(owner: Kysely<DB>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await sql<{ name: string; state: string; output: unknown }>`
      select name, state::text, output from ${sql.table(jobsTable)}
      where state in ('created', 'retry', 'active') and name not like '\\_\\_pgboss%' and name <> ${deadLetterQueue}
        and name not like '%.schedule.%'`.execute(owner);
    if (rows.length === 0) return;
    if (Date.now() > deadline) throw new Error(`jobs still open: ${JSON.stringify(rows)}`);
    await pause(10);
  }
}
