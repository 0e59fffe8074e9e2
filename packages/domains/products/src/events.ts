import { z } from "zod";
import { defineEvents } from "@turnpike/core";

/** What happens to the catalogue. It belongs to no organization. */
export const events = defineEvents("products", {
  /** A product was added or changed, or what it grants was. */
  product_changed: z.object({ productId: z.uuid(), isNew: z.boolean() }),
  /** A price was added or changed. `stripePriceId` is what subscriptions name it by. */
  price_changed: z.object({
    priceId: z.uuid(),
    productId: z.uuid(),
    stripePriceId: z.string(),
    isNew: z.boolean(),
  }),
});
