import type { Ctx } from "../context.ts";
import { create } from "../events/record.ts";
import { mergeMetadata } from "../http/params.ts";
import { newId } from "../ids.ts";
import type { Product } from "../model/objects.ts";
import { invalidRequest } from "../stripe-error.ts";
import type { ProductCreate, ProductUpdate } from "./product-params.ts";
import { compact } from "./shapes.ts";

/** Makes a product. Emits `product.created`. */
export function createProduct(ctx: Ctx, params: Omit<ProductCreate, "default_price_data">): Product {
  if (params.id !== undefined && ctx.store.findAny(params.id) !== null) {
    throw invalidRequest(`Product already exists.`, { code: "resource_already_exists", param: "id" });
  }
  const product: Product = {
    id: params.id ?? newId("prod"),
    object: "product",
    active: true,
    created: ctx.now,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata({}, params.metadata),
    name: params.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: ctx.now,
    url: null,
    ...productSettings(params),
  };
  create(ctx, product, "product.created");
  return product;
}

/** The plain fields of a product that were given. */
export function productSettings(params: Omit<ProductUpdate, "name" | "default_price">): Partial<Product> {
  const { active, description, shippable, statement_descriptor, tax_code, unit_label } = params;
  return compact({
    active,
    description,
    shippable,
    statement_descriptor,
    tax_code,
    unit_label,
    url: params.url,
    ...(params.images === undefined ? {} : { images: params.images ?? [] }),
    ...(params.marketing_features === undefined ? {} : { marketing_features: params.marketing_features ?? [] }),
  });
}
