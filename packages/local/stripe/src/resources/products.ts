import { z } from "zod";
import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, flag, mergeMetadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import type { Product } from "../model/objects.ts";
import { invalidRequest } from "../stripe-error.ts";
import { createPrice } from "./create-price.ts";
import { createProduct, productSettings } from "./create-product.ts";
import { ProductCreate, ProductUpdate } from "./product-params.ts";
import { compact } from "./shapes.ts";

const ProductList = z.strictObject({
  ...paging,
  active: flag().optional(),
  created: created(),
  ids: z.array(text()).optional(),
  shippable: flag().optional(),
  url: text().optional(),
});

/** Products: create, read, change, delete while they have no price, list. */
export const productRoutes: Route[] = [
  route("POST", "/v1/products", ProductCreate, createWithDefaultPrice),
  route("GET", "/v1/products/:id", noParams, (ctx, _params, id) => ctx.store.get("product", id)),
  route("POST", "/v1/products/:id", ProductUpdate, updateProduct),
  route("DELETE", "/v1/products/:id", noParams, (ctx, _params, id) => deleteProduct(ctx, id)),
  route("GET", "/v1/products", ProductList, (ctx, params) =>
    listObjects(
      ctx,
      "product",
      { active: params.active, shippable: params.shippable, url: params.url },
      { paging: params, created: params.created, url: "/v1/products", ...idsFilter(params.ids) },
    ),
  ),
];

function createWithDefaultPrice(ctx: Ctx, params: ProductCreate): Product {
  const { default_price_data: data, ...rest } = params;
  const product = createProduct(ctx, rest);
  if (data === undefined) return product;
  const price = createPrice(ctx, { ...data, product: product.id });
  return update(ctx, product, { ...product, default_price: price.id }, "product.updated");
}

function updateProduct(ctx: Ctx, params: ProductUpdate, id: string): Product {
  const before = ctx.store.get("product", id);
  if (params.default_price !== undefined) {
    const price = ctx.store.get("price", params.default_price, "default_price");
    if (price.product !== id) {
      throw invalidRequest(`The price '${price.id}' does not belong to this product.`, { param: "default_price" });
    }
  }
  const after: Product = {
    ...before,
    ...productSettings(params),
    ...compact({ name: params.name, default_price: params.default_price }),
    metadata: mergeMetadata(before.metadata, params.metadata),
  };
  if (JSON.stringify(after) === JSON.stringify(before)) return before;
  return update(ctx, before, { ...after, updated: ctx.now }, "product.updated");
}

function deleteProduct(ctx: Ctx, id: string): unknown {
  const product = ctx.store.get("product", id);
  if (ctx.store.all("price", { product: id }).length > 0) {
    throw invalidRequest("This product cannot be deleted because it has one or more user-created prices.");
  }
  const tombstone = ctx.store.bury("product", id);
  emit(ctx, "product.deleted", product);
  return tombstone;
}

function idsFilter(ids: readonly string[] | undefined): { extra?: { sql: string; values: string[] } } {
  if (ids === undefined) return {};
  return { extra: { sql: ` AND id IN (${ids.map(() => "?").join(", ")})`, values: [...ids] } };
}
