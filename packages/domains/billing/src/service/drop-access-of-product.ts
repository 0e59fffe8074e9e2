import type { Ctx } from "@turnpike/core";
import { listPricesOf } from "@turnpike/products";
import { listOrganizationsWithPrices } from "../queries/subscription-items.ts";
import { dropAccess } from "./access-cache.ts";

const pageSize = 500;

/**
 * Forgets what is kept of every organization that pays for a product: what it grants may have changed. Running it
 * twice changes nothing.
 */
export async function dropAccessOfProduct(ctx: Ctx, { productId }: { productId: string }): Promise<void> {
  const system = ctx.system("find who pays for a product");
  let after: string | null = null;
  do {
    const page: string[] = await system.tx(async (tx) => {
      const prices = await listPricesOf(tx.db, [productId], false);
      return listOrganizationsWithPrices(tx.db, { priceIds: prices.map(({ id }) => id), after, limit: pageSize });
    });
    for (const organizationId of page) await dropAccess(ctx, organizationId);
    after = page.length === pageSize ? (page.at(-1) ?? null) : null;
  } while (after !== null);
}
