import type Stripe from "stripe";
import type { Ctx, StripeMirror, StripeRef } from "@turnpike/core";
import { stripeMirror } from "@turnpike/core";
import { findAtStripe } from "./ask-stripe.ts";
import type { PriceWithProductObject } from "./mirror-catalogue.ts";
import { mirrorPrice, mirrorProduct, retirePrice, retireProduct } from "./mirror-catalogue.ts";

/** A price with its product, in one read; null when either is gone. Errors: core.unavailable. */
export async function readPriceWithProduct(ctx: Ctx, id: string): Promise<PriceWithProductObject | null> {
  const price = await findAtStripe(ctx.stripe.prices.retrieve(id, { expand: ["product"] }));
  if (!price) return null;
  const { product } = price;
  // A price cannot outlive its product, so a deleted product means a price that cannot be sold.
  if (typeof product === "string" || product.deleted) return null;
  return { ...price, product };
}

/** What Stripe says of products and prices: they change there, by people and by our own procedures. */
export const stripeMirrors: readonly StripeMirror[] = [
  stripeMirror<Stripe.Product>({
    object: "product",
    refs: (event) => refsOf(event, "product"),
    read: (ctx, id) => findAtStripe<Stripe.Product>(ctx.stripe.products.retrieve(id)),
    apply: async (tx, id, product) => void (await (product ? mirrorProduct(tx, product) : retireProduct(tx, id))),
  }),
  stripeMirror<PriceWithProductObject>({
    object: "price",
    refs: (event) => refsOf(event, "price"),
    read: (ctx, id) => readPriceWithProduct(ctx, id),
    apply: async (tx, id, price) => void (await (price ? mirrorPrice(tx, price) : retirePrice(tx, id))),
  }),
];

function refsOf(event: Stripe.Event, object: string): StripeRef[] {
  if (!event.type.startsWith(`${object}.`)) return [];
  const subject: object = event.data.object;
  return "id" in subject && typeof subject.id === "string" ? [{ object, id: subject.id }] : [];
}
