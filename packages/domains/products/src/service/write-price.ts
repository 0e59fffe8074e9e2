import type Stripe from "stripe";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import type { PriceWithProductObject } from "../mirror-catalogue.ts";
import { mirrorPrice, trialDaysKey } from "../mirror-catalogue.ts";
import type { CreatePrice, Price, PriceId } from "../models.ts";
import { findActivePriceByLookupKey, findProductById, listPricesById } from "../queries.ts";
import { readPriceWithProduct } from "../stripe.ts";
import { writeStripe } from "./write-stripe.ts";

const reason = "write the catalogue";

/**
 * Creates a price of a product at Stripe, then here.
 * Errors: products.not_found, products.archived, products.lookup_key_taken, products.refused_by_stripe, core.unavailable.
 */
export async function createPrice(ctx: Ctx, input: CreatePrice): Promise<Price> {
  const system = ctx.system(reason);
  const product = await system.tx(async (tx) => {
    const found = await findProductById(tx.db, input.productId);
    if (!found) throw errors.not_found({ productId: input.productId });
    if (!found.isActive) throw errors.archived({ productId: input.productId });
    const { lookupKey } = input;
    const holder = lookupKey === undefined ? undefined : await findActivePriceByLookupKey(tx.db, lookupKey);
    if (holder) throw errors.lookup_key_taken({ lookupKey, priceId: holder.id });
    return found;
  });
  const created = await writeStripe(
    ctx.stripe.prices.create(paramsOf(input, product.stripeProductId), {
      idempotencyKey: ctx.key("prices.create", JSON.stringify(input)),
    }),
  );
  return mirrorById(ctx, created.id);
}

/** Takes a price off the list. Who pays it goes on paying it. Errors: products.price_not_found, core.unavailable. */
export async function archivePrice(ctx: Ctx, input: PriceId): Promise<Price> {
  const [price] = await ctx.system(reason).tx((tx) => listPricesById(tx.db, [input.priceId]));
  if (!price) throw errors.price_not_found({ priceId: input.priceId });
  await writeStripe(ctx.stripe.prices.update(price.stripePriceId, { active: false }));
  return mirrorById(ctx, price.stripePriceId);
}

async function mirrorById(ctx: Ctx, stripePriceId: string): Promise<Price> {
  const price: PriceWithProductObject | null = await readPriceWithProduct(ctx, stripePriceId);
  if (!price) throw errors.price_not_found({ stripePriceId });
  return ctx.system(reason).tx((tx) => mirrorPrice(tx, price));
}

function paramsOf(input: CreatePrice, stripeProductId: string): Stripe.PriceCreateParams {
  return {
    product: stripeProductId,
    currency: input.currency.toLowerCase(),
    unit_amount: input.unitAmountMinor,
    ...(input.interval !== undefined && {
      recurring: { interval: input.interval, interval_count: input.intervalCount ?? 1 },
    }),
    ...(input.lookupKey !== undefined && { lookup_key: input.lookupKey }),
    ...(input.trialDays !== undefined && { metadata: { [trialDaysKey]: String(input.trialDays) } }),
  };
}
