import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@turnpike/core";
import { newId } from "@turnpike/core";
import products from "../src/index.ts";
import { mirrorProduct } from "../src/mirror-catalogue.ts";
import type { CatalogueBed } from "./catalogue-bed.ts";
import { startCatalogueBed } from "./catalogue-bed.ts";

const anonymous: Actor = { type: "anonymous" };

let bed: CatalogueBed;

beforeAll(async () => {
  bed = await startCatalogueBed();
});
afterAll(() => bed.close());

/** Does with an event what the worker does: which objects, read back, write. */
async function apply(event: Stripe.Event): Promise<void> {
  const ctx = bed.app.ctxOf({ type: "system", job: "webhooks.process" });
  for (const mirror of products.stripe) {
    for (const { id } of mirror.refs(event)) {
      const snapshot = await mirror.read(ctx, id, event, await bed.app.databaseNow());
      await ctx.system("test").tx((tx) => mirror.apply(tx, id, snapshot, event));
    }
  }
}

async function eventsOf(type: string, id: string): Promise<Stripe.Event[]> {
  const { data } = await bed.stripe.events.list({ limit: 100 });
  return data.filter((event) => event.type === type && "id" in event.data.object && event.data.object.id === id);
}

async function applyAll(type: string, id: string): Promise<void> {
  const events = await eventsOf(type, id);
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) await apply(event);
}

async function listed(stripeProductId: string) {
  const { items } = await bed.as(anonymous).list({ limit: 100 });
  return items.find((product) => product.stripeProductId === stripeProductId);
}

test("a price that somebody makes at Stripe arrives with its product, before the product's own event", async () => {
  const product = await bed.stripe.products.create({ name: "Dashboard" });
  const price = await bed.stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 700,
    recurring: { interval: "week", interval_count: 2 },
    metadata: { turnpike_trial_days: "thirty" },
  });
  await applyAll("price.created", price.id);
  expect(await listed(product.id)).toMatchObject({
    name: "Dashboard",
    prices: [{ stripePriceId: price.id, unitAmountMinor: 700, interval: "week", intervalCount: 2, trialDays: null }],
  });
  await applyAll("product.created", product.id);
  await applyAll("price.created", price.id);
  const { items } = await bed.as(anonymous).list({ limit: 100 });
  expect(items.filter(({ stripeProductId }) => stripeProductId === product.id)).toHaveLength(1);
});

test("an old event does not bring an old name back", async () => {
  const product = await bed.stripe.products.create({ name: "Before" });
  await bed.stripe.products.update(product.id, { name: "After" });
  await applyAll("product.updated", product.id);
  await applyAll("product.created", product.id);
  expect(await listed(product.id)).toMatchObject({ name: "After" });
});

test("a product that is deleted at Stripe leaves the list and keeps its row", async () => {
  const product = await bed.stripe.products.create({ name: "Doomed" });
  await applyAll("product.created", product.id);
  await bed.stripe.products.del(product.id);
  await applyAll("product.deleted", product.id);
  expect(await listed(product.id)).toBeUndefined();
  const rows = await bed.app.owner
    .selectFrom("products")
    .selectAll()
    .where("stripe_product_id", "=", product.id)
    .execute();
  expect(rows).toMatchObject([{ is_active: false, name: "Doomed" }]);
});

test("a product that two see for the first time at once is told of once", async () => {
  const product = await bed.stripe.products.create({ name: "Twice seen" });
  const ctx = bed.app.ctxOf({ type: "system", job: "webhooks.process" }).system("test");
  const second: Promise<unknown>[] = [];
  await ctx.tx(async (tx) => {
    await mirrorProduct(tx, product);
    const other = ctx.tx((otherTx) => mirrorProduct(otherTx, product));
    second.push(other);
    await Promise.race([other, bed.app.lockAwaited()]);
  });
  await Promise.all(second);
  const rows = await bed.app.owner
    .selectFrom("private.events")
    .select("data")
    .where("name", "=", "products.product_changed")
    .execute();
  const id = (await listed(product.id))?.id;
  expect(rows.filter(({ data }) => JSON.stringify(data).includes(String(id)))).toHaveLength(1);
});

test("a product that Stripe does not have and nobody knows is nothing", async () => {
  const event: Stripe.Event = JSON.parse(
    '{"id":"evt_x","type":"product.updated","data":{"object":{"id":"prod_nowhere","object":"product"}}}',
  );
  await apply(event);
  expect(await listed("prod_nowhere")).toBeUndefined();
});

test.each(["price.created", "product.updated"])("a %s without an object's id touches nothing", async (type) => {
  const event: Stripe.Event = JSON.parse(`{"id":"evt_x","type":"${type}","data":{"object":{"id":5}}}`);
  expect(products.stripe.flatMap((mirror) => mirror.refs(event))).toEqual([]);
});

test("syncFromStripe brings what no event told of, and changes nothing the second time", async () => {
  const product = await bed.stripe.products.create({ name: "Unheard" });
  await bed.stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 1 });
  const operator = await bed.app.createUser({ isOperator: true });
  await bed.as(operator.actor).syncFromStripe();
  expect(await listed(product.id)).toMatchObject({ name: "Unheard", prices: [{ unitAmountMinor: 1 }] });
  const count = () =>
    bed.app.owner
      .selectFrom("private.events")
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
  const before = await count();
  await bed.as(operator.actor).syncFromStripe();
  expect(await count()).toEqual(before);
});

test("syncFromStripe takes off sale what this Stripe does not have", async () => {
  const id = newId();
  const elsewhere = { id, stripe_product_id: `prod_${id}`, name: "Of another Stripe", is_active: true };
  await bed.app.owner.insertInto("products").values(elsewhere).execute();
  const operator = await bed.app.createUser({ isOperator: true });
  await bed.as(operator.actor).syncFromStripe();
  const row = await bed.app.owner
    .selectFrom("products")
    .select("is_active")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ is_active: false });
});
