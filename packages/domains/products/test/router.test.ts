import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import type { TestUser } from "@turnpike/testing";
import type { CatalogueBed } from "./catalogue-bed.ts";
import { startCatalogueBed } from "./catalogue-bed.ts";

const anonymous: Actor = { type: "anonymous" };

let bed: CatalogueBed;
let operator: TestUser;
let user: TestUser;

beforeAll(async () => {
  bed = await startCatalogueBed();
  operator = await bed.app.createUser({ isOperator: true });
  user = await bed.app.createUser();
});
afterAll(() => bed.close());

const refused = (appCode: string) => ({ cause: { appCode } });

describe("create", () => {
  test("makes a product at Stripe and here, with what it grants", async () => {
    const made = await bed.as(operator.actor).create({
      name: "Pro",
      description: "For teams",
      features: [{ key: "exports" }, { key: "seats", name: "Seats", limit: 5 }, { key: "calls", kind: "metered" }],
    });
    expect(await bed.stripe.products.retrieve(made.stripeProductId)).toMatchObject({ name: "Pro", active: true });
    expect(await bed.as(anonymous).get({ productId: made.id })).toEqual(made);
    expect(made.features).toMatchObject([
      { key: "calls", name: "calls", kind: "metered", limit: null },
      { key: "exports", kind: "boolean", limit: null },
      { key: "seats", name: "Seats", kind: "limit", limit: 5 },
    ]);
  });

  test("is for operators only, and Stripe hears of nothing else", async () => {
    const before = (await bed.stripe.products.list()).data.length;
    await expect(bed.as(user.actor).create({ name: "Mine" })).rejects.toMatchObject(refused("core.forbidden"));
    await expect(bed.as(anonymous).create({ name: "Mine" })).rejects.toMatchObject(refused("core.unauthenticated"));
    expect((await bed.stripe.products.list()).data).toHaveLength(before);
  });

  test("names the fields that are wrong", async () => {
    const wrong = bed.as(operator.actor).create({ name: " ", features: [{ key: "Not A Key" }] });
    await expect(wrong).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { appCode: "core.invalid_input", fieldIssues: [{ path: "name" }, { path: "features.0.key" }] },
    });
  });

  test.each(["x\0y", "x\ud800y"])("refuses %j in a text before Stripe is asked", async (text) => {
    const before = (await bed.stripe.products.list()).data.length;
    const create = bed
      .as(operator.actor)
      .create({ name: text, description: text, features: [{ key: "a", name: text }] });
    await expect(create).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { fieldIssues: [{ path: "name" }, { path: "description" }, { path: "features.0.name" }] },
    });
    expect((await bed.stripe.products.list()).data).toHaveLength(before);
  });

  test("refuses a feature of another kind before Stripe is asked", async () => {
    const before = (await bed.stripe.products.list()).data.length;
    const create = bed.as(operator.actor).create;
    const kind = create({ name: "Odd", features: [{ key: "exports", kind: "limit" }] });
    await expect(kind).rejects.toMatchObject(refused("products.feature_kind_differs"));
    const limit = create({ name: "Odd", features: [{ key: "exports", limit: 3 }] });
    await expect(limit).rejects.toMatchObject(refused("products.limit_on_boolean"));
    expect((await bed.stripe.products.list()).data).toHaveLength(before);
  });

  test("the same intent twice makes one product", async () => {
    const ctx = bed.app.ctxOf(operator.actor, { idempotencyKey: newId() });
    const twice = await Promise.all([1, 2].map(() => bed.with(ctx).create({ name: "Once" })));
    expect(twice[0]?.id).toBe(twice[1]?.id);
  });
});

describe("prices.create", () => {
  test("makes a plan with a lookup key and a trial", async () => {
    const { id, stripeProductId } = await bed.as(operator.actor).create({ name: "Team" });
    const price = await bed.as(operator.actor).prices.create({
      productId: id,
      currency: "EUR",
      unitAmountMinor: 2900,
      interval: "month",
      lookupKey: "team_monthly",
      trialDays: 14,
    });
    expect(price).toMatchObject({
      currency: "eur",
      type: "recurring",
      interval: "month",
      intervalCount: 1,
      trialDays: 14,
    });
    expect(await bed.stripe.prices.retrieve(price.stripePriceId)).toMatchObject({
      product: stripeProductId,
      lookup_key: "team_monthly",
      metadata: { turnpike_trial_days: "14" },
    });
    expect((await bed.as(anonymous).get({ productId: id })).prices).toEqual([price]);
  });

  test("takes zero-decimal currencies and free prices as they are", async () => {
    const { id } = await bed.as(operator.actor).create({ name: "Yen" });
    const make = bed.as(operator.actor).prices.create;
    expect(await make({ productId: id, currency: "jpy", unitAmountMinor: 1000 })).toMatchObject({
      unitAmountMinor: 1000,
      type: "one_time",
    });
    expect(await make({ productId: id, currency: "usd", unitAmountMinor: 0, interval: "month" })).toMatchObject({
      unitAmountMinor: 0,
    });
  });

  test.each([-1, 1.5, 1e15, Number.NaN])("refuses the amount %d", async (unitAmountMinor) => {
    const { id } = await bed.as(operator.actor).create({ name: "Odd" });
    const make = bed.as(operator.actor).prices.create({ productId: id, currency: "usd", unitAmountMinor });
    await expect(make).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("refuses a lookup key that another active price has", async () => {
    const { id } = await bed.as(operator.actor).create({ name: "Twice" });
    const input = { productId: id, currency: "usd", unitAmountMinor: 1, lookupKey: "taken" };
    await bed.as(operator.actor).prices.create(input);
    const again = bed.as(operator.actor).prices.create({ ...input, unitAmountMinor: 2 });
    await expect(again).rejects.toMatchObject(refused("products.lookup_key_taken"));
  });

  test("refuses a product that is not there or is archived", async () => {
    const make = bed.as(operator.actor).prices.create;
    await expect(make({ productId: newId(), currency: "usd", unitAmountMinor: 1 })).rejects.toMatchObject(
      refused("products.not_found"),
    );
    const { id } = await bed.as(operator.actor).create({ name: "Old" });
    await bed.as(operator.actor).archive({ productId: id });
    await expect(make({ productId: id, currency: "usd", unitAmountMinor: 1 })).rejects.toMatchObject(
      refused("products.archived"),
    );
  });
});

describe("archive", () => {
  test("takes a product off the list, and answers a conflict the second time", async () => {
    const { id, stripeProductId } = await bed.as(operator.actor).create({ name: "Gone" });
    await bed.as(operator.actor).archive({ productId: id });
    await expect(bed.as(anonymous).get({ productId: id })).rejects.toMatchObject(refused("products.not_found"));
    expect((await bed.stripe.products.retrieve(stripeProductId)).active).toBe(false);
    await expect(bed.as(operator.actor).archive({ productId: id })).rejects.toMatchObject(refused("products.archived"));
  });

  test("takes a price off its product", async () => {
    const { id } = await bed.as(operator.actor).create({ name: "Priced" });
    const price = await bed.as(operator.actor).prices.create({ productId: id, currency: "usd", unitAmountMinor: 5 });
    await bed.as(operator.actor).prices.archive({ priceId: price.id });
    expect((await bed.as(anonymous).get({ productId: id })).prices).toEqual([]);
  });
});

test("list pages through what is on sale, without a sign-in and without input", async () => {
  const first = await bed.as(anonymous).list({ limit: 2 });
  expect(first.items).toHaveLength(2);
  const second = await bed.as(anonymous).list({ limit: 100, cursor: first.nextCursor });
  const all = await bed.as(anonymous).list();
  expect([...first.items, ...second.items]).toEqual(all.items);
  await expect(bed.as(anonymous).list({ cursor: "x" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
