import type { Tx } from "@turnpike/core";

/** Stripe's ids of what is on sale here. */
export async function listActiveStripeIds(db: Tx["db"]): Promise<{ products: string[]; prices: string[] }> {
  const products = await db
    .selectFrom("products")
    .select("stripe_product_id as id")
    .where("is_active", "=", true)
    .execute();
  const prices = await db.selectFrom("prices").select("stripe_price_id as id").where("is_active", "=", true).execute();
  return { products: products.map(({ id }) => id), prices: prices.map(({ id }) => id) };
}
