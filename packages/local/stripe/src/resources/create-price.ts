import type { Ctx } from "../context.ts";
import { create, update } from "../events/record.ts";
import { mergeMetadata } from "../http/params.ts";
import { newId } from "../ids.ts";
import type { Price } from "../model/billing.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import { createProduct } from "./create-product.ts";
import type { PriceCreate } from "./price-params.ts";

/** Makes a price (and its product from `product_data`). Emits `price.created`. Errors: taken lookup key, no product. */
export function createPrice(ctx: Ctx, params: PriceCreate): Price {
  const productId = productOf(ctx, params);
  claimLookupKey(ctx, params.lookup_key, params.transfer_lookup_key);
  const { recurring } = params;
  const price: Price = {
    id: newId("price"),
    object: "price",
    active: params.active ?? true,
    billing_scheme: "per_unit",
    created: ctx.now,
    currency: params.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product: productId,
    recurring:
      recurring === undefined
        ? null
        : {
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            meter: null,
            trial_period_days: recurring.trial_period_days ?? null,
            usage_type: "licensed",
          },
    tax_behavior: params.tax_behavior ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: recurring === undefined ? "one_time" : "recurring",
    unit_amount: params.unit_amount,
    unit_amount_decimal: String(params.unit_amount),
  };
  create(ctx, price, "price.created");
  return price;
}

function productOf(ctx: Ctx, params: PriceCreate): string {
  if (params.product !== undefined && params.product_data !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: product, product_data.");
  }
  if (params.product !== undefined) return ctx.store.get("product", params.product, "product").id;
  if (params.product_data === undefined) throw parameterMissing("product");
  return createProduct(ctx, params.product_data).id;
}

/** A lookup key names one price: it must be free, or is taken from the price that has it when asked to transfer. */
export function claimLookupKey(ctx: Ctx, key: string | null | undefined, transfer = false, owner?: string): void {
  if (!key) return;
  for (const holder of ctx.store.all("price", { lookup_key: key })) {
    if (holder.id === owner) continue;
    if (!transfer) {
      throw invalidRequest(
        `A price (\`${holder.id}\`) already uses that lookup key. You can transfer the lookup key by setting \`transfer_lookup_key\`.`,
        { code: "resource_already_exists", param: "lookup_key" },
      );
    }
    update(ctx, holder, { ...holder, lookup_key: null }, "price.updated");
  }
}
