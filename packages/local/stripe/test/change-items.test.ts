import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, inDays, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test("an upgrade with always_invoice credits and bills the exact rest and sends the events of an upgrade", async () => {
  const here = await startBench();
  const { subscription } = await subscribed(here);
  const bigger = await makePrice(here.stripe, { unit_amount: 3000, product_data: { name: "Team" } });
  const item = itemOf(subscription);
  const middle = Math.round((item.current_period_start + item.current_period_end) / 2);
  await here.local.advance(new Date(middle * 1000));
  await here.newEvents();
  const changed = await here.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: bigger.id }],
    proration_behavior: "always_invoice",
    proration_date: middle,
    expand: ["latest_invoice"],
  });
  expect(changed.latest_invoice).toMatchObject({ status: "paid", total: 1000, billing_reason: "subscription_update" });
  const lines =
    typeof changed.latest_invoice === "object" ? changed.latest_invoice?.lines.data.map((line) => line.amount) : [];
  expect(lines).toEqual([-500, 1500]);
  const events = await here.newEvents();
  expect(events.filter((type) => type === "invoiceitem.created")).toHaveLength(2);
  expect(events).toEqual(
    expect.arrayContaining(["customer.subscription.updated", "invoice.created", "invoice.finalized", "invoice.paid"]),
  );
  expect(itemOf(changed).current_period_end).toBe(item.current_period_end);
  await here.stop();
});

test("create_prorations waits for the next invoice; none bills nothing", async () => {
  const here = await startBench();
  const { subscription, price, customer } = await subscribed(here);
  const item = itemOf(subscription);
  await here.stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 3 }] });
  expect((await here.stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  await here.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: "none",
  });
  await here.local.advance(inDays(here.local, 32));
  const [next] = (await here.stripe.invoices.list({ customer: customer.id })).data;
  expect(next?.lines.data.map((line) => line.amount)).toEqual([-1000, 3000, 2000]);
  expect(next).toMatchObject({ total: 4000, status: "paid" });
  expect(price.unit_amount).toBe(1000);
  await here.stop();
});

test("another interval starts a new period now and is billed now, less the unused rest", async () => {
  const { subscription } = await subscribed(bench);
  const yearly = await makePrice(bench.stripe, { unit_amount: 10_000, recurring: { interval: "year" } });
  const changed = await bench.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription).id, price: yearly.id }],
    expand: ["latest_invoice"],
  });
  const { current_period_start: start, current_period_end: end } = itemOf(changed);
  expect((end - start) / 86_400).toBeGreaterThanOrEqual(365);
  expect(changed.latest_invoice).toMatchObject({ total: 9000, status: "paid" });
});

test("a downgrade's credit stays with the customer and pays the next invoices", async () => {
  const { subscription, customer } = await subscribed(bench, { price: { unit_amount: 5000 } });
  const small = await makePrice(bench.stripe, { unit_amount: 1000 });
  await bench.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription).id, price: small.id }],
    proration_behavior: "always_invoice",
  });
  const after = await bench.stripe.customers.retrieve(customer.id);
  expect(after).toMatchObject({ balance: -4000 });
});

test("pending_if_incomplete holds the change back until its invoice is paid", async () => {
  const { subscription } = await subscribed(bench, { card: "4000000000000341" });
  const held = await holdUpgrade(bench, subscription);
  expect(itemOf(held).price.unit_amount).toBe(1000);
  expect(held).toMatchObject({
    status: "active",
    pending_update: { subscription_items: [{ price: { unit_amount: 3000 } }] },
  });
  await bench.newEvents();
  await bench.stripe.invoices.pay(idOf(held.latest_invoice), { payment_method: "pm_card_visa" });
  const applied = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(applied).toMatchObject({ pending_update: null, status: "active" });
  expect(itemOf(applied).price.unit_amount).toBe(3000);
  expect(await bench.newEvents()).toContain("customer.subscription.pending_update_applied");
});

test("a held change that nobody pays for is dropped after 23 hours and its invoice is void", async () => {
  const here = await startBench();
  const { subscription } = await subscribed(here, { card: "4000000000000341" });
  const held = await holdUpgrade(here, subscription);
  await here.local.advance(inDays(here.local, 1));
  const after = await here.stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  expect(after).toMatchObject({
    status: "active",
    pending_update: null,
    latest_invoice: { id: idOf(held.latest_invoice), status: "void" },
  });
  expect(itemOf(after).price.unit_amount).toBe(1000);
  expect(await here.newEvents()).toContain("customer.subscription.pending_update_expired");
  await here.stop();
});

test("error_if_incomplete changes nothing when the card will not pay", async () => {
  const { subscription } = await subscribed(bench, { card: "4000000000000341" });
  await bench.newEvents();
  await expect(holdUpgrade(bench, subscription, "error_if_incomplete")).rejects.toMatchObject({ statusCode: 402 });
  expect(itemOf(await bench.stripe.subscriptions.retrieve(subscription.id)).price.unit_amount).toBe(1000);
  expect((await bench.newEvents()).filter((type) => type.startsWith("customer.subscription"))).toEqual([]);
});

test("canceling now with prorate and invoice_now credits the rest to the customer", async () => {
  const { subscription, customer } = await subscribed(bench);
  await bench.stripe.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true });
  const after = await bench.stripe.customers.retrieve(customer.id);
  expect(after.deleted ? 0 : after.balance).toBeLessThan(-990);
});

async function holdUpgrade(
  here: Bench,
  subscription: Stripe.Subscription,
  behavior: "pending_if_incomplete" | "error_if_incomplete" = "pending_if_incomplete",
): Promise<Stripe.Subscription> {
  const bigger = await makePrice(here.stripe, { unit_amount: 3000 });
  return here.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription).id, price: bigger.id }],
    proration_behavior: "always_invoice",
    payment_behavior: behavior,
  });
}
