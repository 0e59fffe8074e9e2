import type { Ctx } from "@turnpike/core";
import { followUps } from "../jobs.ts";
import type { CustomerSync } from "./sync-customer.ts";
import { syncCustomer } from "./sync-customer.ts";

/** Reads everything of an organization's customer back, for operators and scripts. Errors: as `syncCustomer`. */
export function syncKnownCustomer(ctx: Ctx, input: { organizationId: string }): Promise<CustomerSync> {
  return syncCustomer(ctx, input, followUps);
}
