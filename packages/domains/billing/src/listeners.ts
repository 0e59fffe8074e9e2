import type { Listener } from "@turnpike/core";
import { listener } from "@turnpike/core";
import { productEvents } from "@turnpike/products";
import { linkUnknownPrice } from "./service/link-unknown-price.ts";

/** What billing does when something happens elsewhere. */
export const listeners: readonly Listener[] = [
  listener(productEvents.price_changed, "link_unknown_price", (ctx, { data }) => linkUnknownPrice(ctx, data)),
];
