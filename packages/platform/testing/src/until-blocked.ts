import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { DB } from "@turnpike/core";

const timeoutMs = 20_000;

/** Resolves when a transaction waits for a lock that another one holds; rejects after 20 s in which none did. */
export async function untilBlocked(owner: Kysely<DB>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(owner);
    if (rows.length > 0) return;
    if (Date.now() > deadline) throw new Error("no transaction waits for a lock");
    await pause(10);
  }
}
