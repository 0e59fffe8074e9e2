import { appRouter, systemCtx } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { createCallerFactory } from "@turnpike/core";
import { demoPlans } from "./demo-plans.ts";

/**
 * Makes the demo plans that Stripe does not know. What is there stays as it is, also what somebody has archived.
 * Calls the same procedures as everybody, as system actor. Running it again changes nothing.
 */
export async function seedPlans(deps: Deps): Promise<void> {
  const caller = createCallerFactory(appRouter)(systemCtx(deps, "seed"));
  // Stripe's state and ours may have come apart: a new database, another Stripe.
  await caller.products.syncFromStripe();
  const known = await findAtStripe(deps);
  for (const { product, prices } of demoPlans) {
    const missing = prices.filter(({ lookupKey }) => !known.has(lookupKey));
    if (missing.length < prices.length) continue;
    const { id: productId } = await caller.products.create(product);
    for (const price of missing) await caller.products.prices.create({ ...price, productId });
  }
}

/** The lookup keys of the demo that Stripe knows, on sale or not. */
async function findAtStripe({ stripe }: Deps): Promise<Set<string>> {
  const lookupKeys = demoPlans.flatMap(({ prices }) => prices.map(({ lookupKey }) => lookupKey));
  const { data } = await stripe.prices.list({ lookup_keys: lookupKeys, limit: 100 });
  return new Set(data.flatMap(({ lookup_key }) => (lookup_key === null ? [] : [lookup_key])));
}
