import { appRouter, systemCtx } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { createCallerFactory } from "@turnpike/core";
import { demoPlans } from "./demo-plans.ts";
import { ensureUser } from "./ensure-user.ts";

interface Login {
  email: string;
  password: string;
}

const logins: { demo: Login; operator: Login } = {
  demo: { email: "demo@turnpike.test", password: "demo-turnpike-2026" },
  operator: { email: "operator@turnpike.test", password: "operator-turnpike-2026" },
};

/**
 * Puts demo data where it is missing: a demo user, an operator, and plans at Stripe and here.
 * Calls the same procedures as everybody, as system actor. Running it again changes nothing.
 */
export async function seed(deps: Deps): Promise<typeof logins> {
  const ctx = systemCtx(deps, "seed");
  await ensureUser(ctx, { ...logins.demo, fullName: "Demo Customer", isOperator: false });
  await ensureUser(ctx, { ...logins.operator, fullName: "Demo Operator", isOperator: true });
  await seedPlans(createCallerFactory(appRouter)(ctx));
  return logins;
}

type Caller = ReturnType<ReturnType<typeof createCallerFactory<(typeof appRouter)["_def"]["record"]>>>;

async function seedPlans(caller: Caller): Promise<void> {
  const present = await presentLookupKeys(caller);
  for (const { product, prices } of demoPlans) {
    const missing = prices.filter(({ lookupKey }) => !present.has(lookupKey));
    if (missing.length === 0) continue;
    const known = present.get(product.name);
    const productId = known ?? (await caller.products.create(product)).id;
    for (const price of missing) await caller.products.prices.create({ ...price, productId });
  }
}

/** Lookup keys and product names that can be bought already, with the id of their product. */
async function presentLookupKeys(caller: Caller): Promise<Map<string, string>> {
  const { items } = await caller.products.list({ limit: 100 });
  return new Map(
    items.flatMap((product): [string, string][] => [
      [product.name, product.id],
      ...product.prices.flatMap(({ lookupKey }): [string, string][] =>
        lookupKey === null ? [] : [[lookupKey, product.id]],
      ),
    ]),
  );
}
