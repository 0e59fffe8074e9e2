import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { identityOf } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { CatalogueBed } from "./catalogue-bed.ts";
import { startCatalogueBed } from "./catalogue-bed.ts";

const anonymous: Actor = { type: "anonymous" };
const system: Actor = { type: "system", job: "test" };

let bed: CatalogueBed;
let user: TestUser;
let operator: TestUser;

beforeAll(async () => {
  bed = await startCatalogueBed();
  user = await bed.app.createUser();
  operator = await bed.app.createUser({ isOperator: true });
  for (const name of ["On sale", "Archived"]) {
    const product = await bed.as(operator.actor).create({ name, features: [{ key: `f_${name.length}` }] });
    const priced = { productId: product.id, currency: "usd", unitAmountMinor: 100 };
    const price = await bed.as(operator.actor).prices.create(priced);
    if (name !== "Archived") continue;
    await bed.as(operator.actor).prices.archive({ priceId: price.id });
    await bed.as(operator.actor).archive({ productId: product.id });
  }
});
afterAll(() => bed.close());

/** How many rows a statement gives somebody, or the SQLSTATE that refuses it. */
async function as(actor: Actor, statement: string): Promise<number | string> {
  try {
    return await bed.app.deps.database.transaction(identityOf(actor), async (db) => {
      const result = await sql.raw(statement).execute(db);
      return Number(result.numAffectedRows ?? result.rows.length);
    });
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

describe.each([
  ["products", "name", 1, 2],
  ["prices", "unit_amount_minor", 1, 2],
  ["product_features", "limit_value", 1, 2],
  ["features", "key", 2, 2],
])("%s", (table, column, onSale, all) => {
  test("shows everybody what is on sale, and the system everything", async () => {
    for (const actor of [anonymous, user.actor, operator.actor]) {
      expect(await as(actor, `select ${column} from public.${table}`)).toBe(onSale);
    }
    expect(await as(system, `select * from public.${table}`)).toBe(all);
  });

  test("is written through the service role only, also by operators", async () => {
    for (const actor of [anonymous, user.actor, operator.actor]) {
      expect(await as(actor, `delete from public.${table}`)).toBe("42501");
      expect(await as(actor, `insert into public.${table} default values`)).toBe("42501");
    }
  });
});

test.each(["products", "prices"])("the metadata of %s is the system's", async (table) => {
  for (const actor of [anonymous, user.actor, operator.actor]) {
    expect(await as(actor, `select metadata from public.${table}`)).toBe("42501");
  }
  expect(await as(system, `select metadata from public.${table}`)).toBe(2);
});

test.each([
  "prices set unit_amount_minor = 1",
  "products set is_active = true",
  "product_features set limit_value = 9",
  "features set kind = 'boolean'",
])("nobody runs: update %s", async (change) => {
  for (const actor of [anonymous, user.actor, operator.actor]) {
    expect(await as(actor, `update public.${change}`)).toBe("42501");
  }
});
