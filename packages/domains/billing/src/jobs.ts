import { z } from "zod";
import type { Tx } from "@turnpike/core";
import { defineJob } from "@turnpike/core";
import { syncCustomer } from "./service/sync-customer.ts";

/** Reads everything of a customer back: queued when a customer is linked, for what came before the link was known. */
export const syncCustomerJob = defineJob({
  queue: "billing.sync_customer",
  schema: z.object({ organizationId: z.uuid() }),
  handle: async (ctx, { organizationId }) => void (await syncCustomer(ctx, { organizationId })),
});

/** Adds the job in an open transaction. */
export function enqueueCustomerSync(tx: Tx, organizationId: string): Promise<void> {
  return tx.enqueue(syncCustomerJob, { organizationId });
}
