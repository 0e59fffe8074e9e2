import type { Ctx } from "../context.ts";
import { newId } from "../ids.ts";
import type { InvoiceItem, InvoiceLine, Price, Subscription, SubscriptionItem } from "../model/billing.ts";
import { formatPrice } from "./money.ts";

interface Period {
  start: number;
  end: number;
}

/** The line for one period of one item. `amount` other than quantity × price: a trial costs nothing. */
export function subscriptionLine(
  ctx: Ctx,
  subscription: Subscription,
  item: SubscriptionItem,
  options: { period: Period; isTrial?: boolean },
): InvoiceLine {
  const quantity = item.quantity ?? 1;
  const name = productName(ctx, item.price);
  const isTrial = options.isTrial ?? false;
  return {
    ...blankLine(item.price),
    amount: isTrial ? 0 : quantity * (item.price.unit_amount ?? 0),
    description: isTrial ? `Trial period for ${name}` : `${quantity} × ${name} (at ${formatPrice(item.price)})`,
    metadata: subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: "subscription_item_details",
    },
    period: options.period,
    quantity,
    quantity_decimal: String(quantity),
    subscription: subscription.id,
  };
}

/** The line that bills a pending invoice item (a proration, or something added by hand). */
export function invoiceItemLine(item: InvoiceItem, price: Price | null): InvoiceLine {
  const subscription = item.parent?.subscription_details?.subscription ?? null;
  const details = { proration: item.proration, proration_details: { credited_items: null }, subscription };
  const subscriptionItem = item.parent?.subscription_details?.subscription_item;
  return {
    ...blankLine(price),
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    metadata: item.metadata ?? {},
    parent:
      subscriptionItem === undefined
        ? {
            invoice_item_details: { ...details, invoice_item: item.id },
            subscription_item_details: null,
            type: "invoice_item_details",
          }
        : {
            invoice_item_details: null,
            subscription_item_details: { ...details, invoice_item: item.id, subscription_item: subscriptionItem },
            type: "subscription_item_details",
          },
    period: item.period,
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription,
  };
}

/** A line for something bought once. */
export function oneOffLine(ctx: Ctx, price: Price, quantity: number): InvoiceLine {
  return {
    ...blankLine(price),
    amount: quantity * (price.unit_amount ?? 0),
    description: productName(ctx, price),
    parent: null,
    period: { start: ctx.now, end: ctx.now },
    quantity,
    quantity_decimal: String(quantity),
  };
}

/** The name of what a price sells. */
export function productName(ctx: Ctx, price: Price): string {
  return ctx.store.find("product", price.product)?.name ?? price.product;
}

/** The reference to a price as lines and invoice items carry it. */
export function pricingOf(price: Price): NonNullable<InvoiceLine["pricing"]> {
  return {
    price_details: { price: price.id, product: price.product },
    type: "price_details",
    unit_amount_decimal: price.unit_amount_decimal,
  };
}

function blankLine(price: Price | null): InvoiceLine {
  return {
    id: newId("il"),
    object: "line_item",
    amount: 0,
    currency: price?.currency ?? "usd",
    description: null,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: null,
    period: { start: 0, end: 0 },
    pretax_credit_amounts: [],
    pricing: price === null ? null : pricingOf(price),
    quantity: null,
    quantity_decimal: null,
    subscription: null,
    subtotal: 0,
    taxes: [],
  };
}
