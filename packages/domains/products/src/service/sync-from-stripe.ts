import type { Ctx } from "@turnpike/core";
import { askStripe } from "../ask-stripe.ts";
import { mirrorPrice, mirrorProduct, retirePrice, retireProduct } from "../mirror-catalogue.ts";
import type { SyncReport } from "../models.ts";
import { listActiveStripeIds } from "../on-sale-queries.ts";

const pageSize = 100;

/**
 * Reads every product and price of Stripe and writes what differs; what Stripe does not have is off sale here too.
 * Running it twice changes nothing. Errors: core.unavailable; what was written until then stays.
 */
export async function syncFromStripe(ctx: Ctx): Promise<SyncReport> {
  const system = ctx.system("sync the catalogue");
  const report = { products: 0, prices: 0 };
  // Read before Stripe is: what is made meanwhile is not taken for what Stripe has lost.
  const before = await system.tx((tx) => listActiveStripeIds(tx.db));
  const seen = new Set<string>();
  for await (const product of everything((page) => ctx.stripe.products.list(page))) {
    await system.tx((tx) => mirrorProduct(tx, product));
    seen.add(product.id);
    report.products += 1;
  }
  for await (const price of everything((page) => ctx.stripe.prices.list({ ...page, expand: ["data.product"] }))) {
    seen.add(price.id);
    const { product } = price;
    if (typeof product === "string" || product.deleted) continue;
    await system.tx((tx) => mirrorPrice(tx, { ...price, product }));
    report.prices += 1;
  }
  for (const id of before.prices.filter((id) => !seen.has(id))) await system.tx((tx) => retirePrice(tx, id));
  for (const id of before.products.filter((id) => !seen.has(id))) await system.tx((tx) => retireProduct(tx, id));
  ctx.log.info("products.synced", report);
  return report;
}

interface Paging {
  limit: number;
  starting_after?: string;
}

async function* everything<T extends { id: string }>(
  readPage: (page: Paging) => Promise<{ data: T[]; has_more: boolean }>,
): AsyncGenerator<T> {
  let after: string | undefined;
  do {
    const page = await askStripe(readPage({ limit: pageSize, ...(after !== undefined && { starting_after: after }) }));
    yield* page.data;
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
}
