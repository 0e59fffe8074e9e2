import type { Ctx, Tx } from "@turnpike/core";
import { pageOf } from "@turnpike/core";
import { errors } from "../errors.ts";
import { listFeatures as selectFeatures, listFeaturesOf } from "../feature-queries.ts";
import type { Feature, Product, ProductId } from "../models.ts";
import type { ProductRow } from "../queries.ts";
import { findProductById, listPricesOf, listProducts as selectProducts } from "../queries.ts";

/** A page of active products with their active prices and features. */
export function listProducts(
  ctx: Ctx,
  input: { cursor?: string | null | undefined; limit: number },
): Promise<{ items: Product[]; nextCursor: string | null }> {
  return ctx.tx(async (tx) => {
    const rows = await selectProducts(tx.db, { cursor: input.cursor ?? null, limit: input.limit + 1 });
    const { items, nextCursor } = pageOf(rows, input.limit, ({ id }) => id);
    return { items: await withDetails(tx, items), nextCursor };
  });
}

/** One active product. Errors: products.not_found. */
export function getProduct(ctx: Ctx, input: ProductId): Promise<Product> {
  return ctx.tx((tx) => getProductIn(tx, input.productId));
}

/** One product as this transaction sees it: the service role also sees archived ones. Errors: products.not_found. */
export async function getProductIn(tx: Tx, productId: string): Promise<Product> {
  const row = await findProductById(tx.db, productId);
  const [product] = row ? await withDetails(tx, [row]) : [];
  if (!product) throw errors.not_found({ productId });
  return product;
}

/** Every feature there is, by key. */
export async function listFeatures(ctx: Ctx): Promise<{ items: Feature[] }> {
  return { items: await ctx.tx((tx) => selectFeatures(tx.db)) };
}

async function withDetails(tx: Tx, rows: ProductRow[]): Promise<Product[]> {
  const ids = rows.map(({ id }) => id);
  const prices = await listPricesOf(tx.db, ids, true);
  const features = await listFeaturesOf(tx.db, ids);
  return rows.map((row) => ({
    ...row,
    prices: prices.filter(({ productId }) => productId === row.id),
    features: features.filter(({ productId }) => productId === row.id),
  }));
}
