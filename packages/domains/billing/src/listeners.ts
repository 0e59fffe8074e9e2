import type { Listener } from "@turnpike/core";
import { listener } from "@turnpike/core";
import { productEvents } from "@turnpike/products";
import { dropAccessOfProduct } from "./service/drop-access-of-product.ts";
import { linkUnknownPrice } from "./service/link-unknown-price.ts";

/** What billing does when something happens elsewhere. */
export const listeners: readonly Listener[] = [
  listener(productEvents.price_changed, "link_unknown_price", (ctx, { data }) => linkUnknownPrice(ctx, data)),
  listener(productEvents.product_changed, "drop_access_of_product", (ctx, { data }) => dropAccessOfProduct(ctx, data)),
];
