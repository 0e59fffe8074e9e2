import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test("lists page forwards and backwards and the SDK iterates over all", async () => {
  for (const name of ["a", "b", "c", "d", "e"])
    await bench.stripe.products.create({ name, url: "https://example.com/list" });
  const filter = { url: "https://example.com/list" };
  const first = await bench.stripe.products.list({ ...filter, limit: 2 });
  expect(first.data.map((product) => product.name)).toEqual(["e", "d"]);
  expect(first.has_more).toBe(true);
  const next = await bench.stripe.products.list({ ...filter, limit: 2, starting_after: first.data[1]?.id ?? "" });
  expect(next.data.map((product) => product.name)).toEqual(["c", "b"]);
  const back = await bench.stripe.products.list({ ...filter, limit: 2, ending_before: next.data[0]?.id ?? "" });
  expect(back.data.map((product) => product.name)).toEqual(["e", "d"]);
  const all = await bench.stripe.products.list({ ...filter, limit: 2 }).autoPagingToArray({ limit: 100 });
  expect(all.map((product) => product.name)).toEqual(["e", "d", "c", "b", "a"]);
});

test("expand replaces ids four levels deep, in lists too, and refuses a field that has none", async () => {
  const { subscription, price } = await subscribed(bench);
  const deep = await bench.stripe.subscriptions.retrieve(subscription.id, {
    expand: ["customer", "latest_invoice.payments.data.payment.payment_intent", "items.data.price.product"],
  });
  expect(deep.customer).toMatchObject({ object: "customer", email: "ada@example.com" });
  expect(deep.latest_invoice).toMatchObject({
    payments: { data: [{ payment: { payment_intent: { object: "payment_intent", status: "succeeded" } } }] },
  });
  expect(deep.items.data[0]?.price.product).toMatchObject({ object: "product", name: "Pro" });
  const listed = await bench.stripe.prices.list({ product: idOf(price.product), expand: ["data.product"] });
  expect(listed.data[0]?.product).toMatchObject({ name: "Pro" });
  await expect(bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["status"] })).rejects.toMatchObject({
    param: "expand",
  });
  await expect(bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["a.b.c.d.e"] })).rejects.toThrow(
    "4 levels",
  );
});

test("a lookup key names one price until it is transferred", async () => {
  const old = await makePrice(bench.stripe, { lookup_key: "team" });
  await expect(makePrice(bench.stripe, { lookup_key: "team" })).rejects.toThrow("transfer_lookup_key");
  const fresh = await makePrice(bench.stripe, { lookup_key: "team", transfer_lookup_key: true });
  const found = await bench.stripe.prices.list({ lookup_keys: ["team"], active: true });
  expect(found.data.map((price) => price.id)).toEqual([fresh.id]);
  expect((await bench.stripe.prices.retrieve(old.id)).lookup_key).toBeNull();
});

test("deleting a customer ends its subscriptions and leaves a tombstone", async () => {
  const { customer, subscription } = await subscribed(bench);
  await bench.newEvents();
  await bench.stripe.customers.del(customer.id);
  expect(await bench.newEvents()).toEqual(["customer.subscription.deleted", "customer.deleted"]);
  expect(await bench.stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, deleted: true });
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  await expect(bench.stripe.customers.update(customer.id, { name: "x" })).rejects.toMatchObject({
    code: "resource_missing",
  });
});

test("metadata merges, an empty value removes its key", async () => {
  const customer = await bench.stripe.customers.create({ metadata: { a: "1", b: "2" } });
  const updated = await bench.stripe.customers.update(customer.id, { metadata: { b: "", c: "3" } });
  expect(updated.metadata).toEqual({ a: "1", c: "3" });
  expect(await bench.stripe.customers.search({ query: "metadata['c']:'3'" })).toMatchObject({
    data: [{ id: customer.id }],
  });
});

test("a card error carries decline_code and keeps the failed charge", async () => {
  const attempt = bench.stripe.paymentIntents.create({
    amount: 700,
    currency: "usd",
    payment_method: "pm_card_chargeDeclined",
    confirm: true,
  });
  await expect(attempt).rejects.toMatchObject({
    statusCode: 402,
    type: "StripeCardError",
    code: "card_declined",
    decline_code: "generic_decline",
  });
  const [charge] = (await bench.stripe.charges.list({ limit: 1 })).data;
  expect(charge).toMatchObject({ amount: 700, status: "failed", failure_code: "card_declined" });
});

test("a refund changes the charge and nothing else", async () => {
  const { subscription, customer } = await subscribed(bench);
  const [charge] = (await bench.stripe.charges.list({ customer: customer.id })).data;
  await bench.newEvents();
  await bench.stripe.refunds.create({ charge: charge?.id ?? "", amount: 400 });
  expect(await bench.newEvents()).toEqual(["refund.created", "charge.refunded", "refund.updated"]);
  expect(await bench.stripe.charges.retrieve(charge?.id ?? "")).toMatchObject({
    amount_refunded: 400,
    refunded: false,
  });
  await expect(bench.stripe.refunds.create({ charge: charge?.id ?? "", amount: 601 })).rejects.toThrow("greater than");
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});
