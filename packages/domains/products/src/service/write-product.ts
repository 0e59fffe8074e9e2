import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { mirrorProduct } from "../mirror-catalogue.ts";
import type { CreateProduct, Product, ProductId, SetFeatures, UpdateProduct } from "../models.ts";
import type { ProductRow } from "../queries.ts";
import { findProductById, lockProductById } from "../queries.ts";
import { checkGrants, grantFeatures } from "./features.ts";
import { getProductIn } from "./list-products.ts";
import { writeStripe } from "./write-stripe.ts";

const reason = "write the catalogue";

/**
 * Creates a product at Stripe, then here, with its features.
 * Errors: products.feature_kind_differs, products.limit_on_boolean, products.refused_by_stripe, core.unavailable.
 */
export async function createProduct(ctx: Ctx, input: CreateProduct): Promise<Product> {
  const system = ctx.system(reason);
  const features = input.features ?? [];
  await system.tx((tx) => checkGrants(tx, features));
  const created = await writeStripe(
    ctx.stripe.products.create(
      { name: input.name, ...(input.description !== undefined && { description: input.description }) },
      { idempotencyKey: ctx.key("products.create", JSON.stringify(input)) },
    ),
  );
  return system.tx(async (tx) => {
    const row = await mirrorProduct(tx, created);
    await grantFeatures(tx, row.id, features);
    return getProductIn(tx, row.id);
  });
}

/** Changes a product's name or description. Errors: products.not_found, products.refused_by_stripe, core.unavailable. */
export async function updateProduct(ctx: Ctx, input: UpdateProduct): Promise<Product> {
  const { productId, ...changes } = input;
  return writeProduct(ctx, productId, (row) => ctx.stripe.products.update(row.stripeProductId, changes));
}

/**
 * Takes a product off the list. Who subscribed keeps what it grants.
 * Errors: products.not_found, products.archived, core.unavailable.
 */
export async function archiveProduct(ctx: Ctx, input: ProductId): Promise<Product> {
  return writeProduct(ctx, input.productId, (row) => {
    if (!row.isActive) throw errors.archived({ productId: row.id });
    return ctx.stripe.products.update(row.stripeProductId, { active: false });
  });
}

/** Makes these the features of a product. Errors: products.not_found, products.feature_kind_differs, products.limit_on_boolean. */
export function setFeatures(ctx: Ctx, input: SetFeatures): Promise<Product> {
  return ctx.system(reason).tx(async (tx) => {
    const { productId } = input;
    // Locked: of two at once the second replaces all that the first has set.
    if (!(await lockProductById(tx.db, productId))) throw errors.not_found({ productId });
    await grantFeatures(tx, productId, input.features);
    await tx.emit(events.product_changed, { productId, isNew: false });
    return getProductIn(tx, productId);
  });
}

async function writeProduct(
  ctx: Ctx,
  productId: string,
  write: (row: ProductRow) => ReturnType<Ctx["stripe"]["products"]["update"]>,
): Promise<Product> {
  const system = ctx.system(reason);
  const row = await system.tx((tx) => findProductById(tx.db, productId));
  if (!row) throw errors.not_found({ productId });
  const written = await writeStripe(write(row));
  return system.tx(async (tx) => {
    await mirrorProduct(tx, written);
    return getProductIn(tx, productId);
  });
}
