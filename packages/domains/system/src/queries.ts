import { sql } from "kysely";
import type { Tx } from "@turnpike/core";

/** Deletes up to `maxRows` receipts older than `keepDays`, by the one function that may. Returns how many. */
export async function deleteOldReceipts(db: Tx["db"], keepDays: number, maxRows: number): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`
    select private.delete_old_receipts(make_interval(days => ${keepDays}), ${maxRows}) as deleted`.execute(db);
  return rows[0]?.deleted ?? 0;
}
