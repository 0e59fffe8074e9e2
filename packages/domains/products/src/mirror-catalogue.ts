import type Stripe from "stripe";
import type { Tx } from "@turnpike/core";
import { newId } from "@turnpike/core";
import { events } from "./events.ts";
import type { Price } from "./models.ts";
import { BillingInterval } from "./models.ts";
import type { ProductRow } from "./queries.ts";
import {
  deactivatePrice,
  deactivateProduct,
  insertProduct,
  listPricesByStripeId,
  lockProductByStripeId,
  updateProduct,
  upsertPrice,
} from "./queries.ts";

/** Price metadata that says how many days of trial a first subscription starts with. */
export const trialDaysKey = "turnpike_trial_days";

/** A price as Stripe gives it with its product expanded. */
export type PriceWithProductObject = Stripe.Price & { product: Stripe.Product };

/** Writes what Stripe says of a product. Needs the service role. Emits products.product_changed when something differs. */
export async function mirrorProduct(tx: Tx, product: Stripe.Product): Promise<ProductRow> {
  const read = {
    stripeProductId: product.id,
    name: product.name,
    description: product.description,
    isActive: product.active,
    metadata: JSON.stringify(product.metadata),
  };
  // Inserted first: of two who see it for the first time at once, the second waits here and then finds it there.
  const added = await insertProduct(tx.db, { id: newId(), ...read });
  if (added) {
    await tx.emit(events.product_changed, { productId: added.id, isNew: true });
    return added;
  }
  const before = await lockProductByStripeId(tx.db, product.id);
  const row = await updateProduct(tx.db, read);
  if (!before || !isSame(before, row)) await tx.emit(events.product_changed, { productId: row.id, isNew: false });
  return row;
}

/** Marks a product that Stripe has no more as inactive; its row stays for those who subscribed. */
export async function retireProduct(tx: Tx, stripeProductId: string): Promise<void> {
  const row = await lockProductByStripeId(tx.db, stripeProductId);
  if (!row?.isActive) return;
  await deactivateProduct(tx.db, row.id);
  await tx.emit(events.product_changed, { productId: row.id, isNew: false });
}

/** Writes what Stripe says of a price, and of its product first. Emits products.price_changed when something differs. */
export async function mirrorPrice(tx: Tx, price: PriceWithProductObject): Promise<Price> {
  const product = await mirrorProduct(tx, price.product);
  const [before] = await listPricesByStripeId(tx.db, [price.id]);
  const read = readPrice(price, product.id);
  const id = await upsertPrice(tx.db, {
    ...read,
    id: before?.id ?? newId(),
    metadata: JSON.stringify(price.metadata),
  });
  const after: Price = { ...read, id };
  if (!before || !isSame(after, before)) {
    const changed = { priceId: id, productId: product.id, stripePriceId: price.id, isNew: before === undefined };
    await tx.emit(events.price_changed, changed);
  }
  return after;
}

/** Marks a price that Stripe has no more as inactive. */
export async function retirePrice(tx: Tx, stripePriceId: string): Promise<void> {
  const [row] = await listPricesByStripeId(tx.db, [stripePriceId]);
  if (!row?.isActive) return;
  await deactivatePrice(tx.db, row.id);
  await tx.emit(events.price_changed, {
    priceId: row.id,
    productId: row.productId,
    stripePriceId,
    isNew: false,
  });
}

function readPrice(price: Stripe.Price, productId: string): Omit<Price, "id"> {
  return {
    productId,
    stripePriceId: price.id,
    lookupKey: price.lookup_key,
    currency: price.currency,
    unitAmountMinor: price.unit_amount,
    type: price.type === "recurring" ? "recurring" : "one_time",
    interval: BillingInterval.safeParse(price.recurring?.interval).data ?? null,
    intervalCount: price.recurring?.interval_count ?? null,
    trialDays: readTrialDays(price.metadata[trialDaysKey]),
    isActive: price.active,
  };
}

/** People edit metadata by hand at Stripe: whatever is not a whole number of days from 1 to 730 means no trial. */
function readTrialDays(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,3}$/.test(text)) return null;
  const days = Number(text);
  return days >= 1 && days <= 730 ? days : null;
}

/** Whether all that `expected` says is also what `actual` says. */
function isSame<T extends object>(expected: T, actual: T): boolean {
  const other = new Map(Object.entries(actual));
  return Object.entries(expected).every(([key, value]) => other.get(key) === value);
}
