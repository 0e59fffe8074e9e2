import type { Ctx } from "../context.ts";
import { productName } from "../engine/invoice-lines.ts";
import { newId } from "../ids.ts";
import type { LineItem } from "../model/objects.ts";
import { invalidRequest, parameterMissing } from "../stripe-error.ts";
import type { SessionCreate } from "./checkout-params.ts";
import { createPrice } from "./create-price.ts";

/** The line items of a session, made from its parameters. Errors: prices that do not exist, are archived, or do not fit the mode. */
export function lineItemsOf(ctx: Ctx, params: SessionCreate): LineItem[] {
  const items = (params.line_items ?? []).map((item, index) => lineItem(ctx, item, `line_items[${index}]`));
  checkMode(params.mode, items);
  return items;
}

function checkMode(mode: SessionCreate["mode"], items: readonly LineItem[]): void {
  const recurring = items.filter((item) => item.price.recurring !== null);
  if (mode === "payment" && recurring.length > 0) {
    throw invalidRequest(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param: "line_items" },
    );
  }
  if (mode === "subscription" && recurring.length === 0) {
    throw invalidRequest("You must provide at least one recurring price in `subscription` mode when using prices.", {
      param: "line_items",
    });
  }
  if (new Set(items.map((item) => item.currency)).size > 1) {
    throw invalidRequest("All line items of a session must have the same currency.", { param: "line_items" });
  }
}

function lineItem(ctx: Ctx, item: NonNullable<SessionCreate["line_items"]>[number], at: string): LineItem {
  if (item.price === undefined && item.price_data === undefined) throw parameterMissing(`${at}[price]`);
  if (item.quantity === undefined) throw parameterMissing(`${at}[quantity]`);
  const price =
    item.price_data === undefined
      ? ctx.store.get("price", item.price ?? "", `${at}[price]`)
      : createPrice(ctx, item.price_data);
  if (!price.active) {
    throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, {
      param: `${at}[price]`,
    });
  }
  const total = (price.unit_amount ?? 0) * item.quantity;
  return {
    id: newId("li"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency: price.currency,
    description: productName(ctx, price),
    metadata: {},
    price,
    quantity: item.quantity,
  };
}
