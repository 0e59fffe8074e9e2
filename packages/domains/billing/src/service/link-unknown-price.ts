import type { Ctx } from "@turnpike/core";
import { withAccessDiff } from "../mirror/access-diff.ts";
import { linkItemsToPrice, listOrganizationsWithUnknownPrice } from "../queries/subscription-items.ts";
import { dropAccess } from "./access-cache.ts";

/**
 * Gives items of a price that was not in the catalogue when they came what its product grants. Stripe's events come in
 * any order, so a subscription may be mirrored before its price is. Running it twice changes nothing.
 */
export async function linkUnknownPrice(ctx: Ctx, price: { priceId: string; stripePriceId: string }): Promise<void> {
  const system = ctx.system("link items to their price");
  const organizationIds = await system.tx((tx) => listOrganizationsWithUnknownPrice(tx.db, price.stripePriceId));
  for (const organizationId of organizationIds) {
    await system.tx((tx) =>
      withAccessDiff(tx, organizationId, null, () => linkItemsToPrice(tx.db, { ...price, organizationId })),
    );
    await dropAccess(ctx, organizationId);
  }
}
