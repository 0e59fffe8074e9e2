import { deleteInBatches } from "@turnpike/core";
import type { Ctx, Schedule } from "@turnpike/core";
import { deleteOldReceipts } from "./queries.ts";

/** How long receipts of listeners are kept, in days: longer than a dead letter, which may still be run again. */
const keepDays = 400;

/** Deletes receipts of events that nobody will deliver again. The events stay: they are the audit trail. */
export async function forgetReceipts(ctx: Ctx): Promise<void> {
  const receipts = await deleteInBatches((maxRows) => ctx.tx((tx) => deleteOldReceipts(tx.db, keepDays, maxRows)));
  if (receipts > 0) ctx.log.info("system.receipts_forgotten", { receipts });
}

/** Once a day, at an hour when little is asked. */
export const retentionSchedule: Schedule = { name: "retention", cron: "37 3 * * *", handle: forgetReceipts };
