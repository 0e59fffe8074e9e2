import type { Ctx } from "../context.ts";
import type { ItemRequest } from "../engine/changed-items.ts";
import { createPrice } from "./create-price.ts";
import type { ItemChange } from "./subscription-params.ts";

/** The item changes of a request with their prices looked up, or made from `price_data`. Errors: 404. */
export function itemRequests(ctx: Ctx, items: readonly ItemChange[]): ItemRequest[] {
  return items.map(({ price, price_data: data, ...rest }, index) => {
    if (data !== undefined) return { ...rest, price: createPrice(ctx, data) };
    return price === undefined ? rest : { ...rest, price: ctx.store.get("price", price, `items[${index}][price]`) };
  });
}
