import type Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { idOf, inDays, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

function periodEnd(subscription: Stripe.Subscription): number {
  return subscription.items.data[0]?.current_period_end ?? 0;
}

test("a renewal moves the item's period at its end and collects the invoice an hour later", async () => {
  const { subscription } = await subscribed(bench);
  await bench.newEvents();
  const end = periodEnd(subscription);

  await bench.local.advance(new Date((end + 60) * 1000));
  expect(await bench.newEvents()).toEqual(["invoice.upcoming", "customer.subscription.updated", "invoice.created"]);
  const renewed = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  expect(renewed.items.data[0]?.current_period_start).toBe(end);
  expect(renewed.latest_invoice).toMatchObject({
    status: "draft",
    billing_reason: "subscription_cycle",
    amount_due: 1000,
  });

  await bench.local.advance(new Date((end + 3700) * 1000));
  expect(await bench.newEvents()).toEqual([
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice_payment.paid",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.updated",
  ]);
});

test("the update event of a renewal nests the old period of the item", async () => {
  const { subscription } = await subscribed(bench);
  await bench.local.advance(new Date((periodEnd(subscription) + 60) * 1000));
  const [event] = (await bench.stripe.events.list({ type: "customer.subscription.updated" })).data;
  expect(event?.data.previous_attributes).toMatchObject({
    items: { data: [{ current_period_end: periodEnd(subscription) }] },
    latest_invoice: idOf(subscription.latest_invoice),
  });
  expect(event?.created).toBe(periodEnd(subscription));
});

test("a year of renewals happens in order when the clock leaps", async () => {
  const { subscription, customer } = await subscribed(bench);
  await bench.local.advance(inDays(bench.local, 366));
  const invoices = await bench.stripe.invoices.list({ customer: customer.id, limit: 100 });
  expect(invoices.data.filter((invoice) => invoice.status === "paid")).toHaveLength(13);
  const events = await bench.stripe.events.list({ limit: 100, types: ["customer.subscription.updated"] });
  const times = events.data.map((event) => event.created);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});

test("a trial ends in an active subscription, announced three days before", async () => {
  const { subscription } = await subscribed(bench, { session: { subscription_data: { trial_period_days: 14 } } });
  expect(subscription).toMatchObject({ status: "trialing" });
  const events = await bench.newEvents();
  expect(events).toContain("setup_intent.succeeded");
  expect(events).not.toContain("charge.succeeded");

  await bench.local.advance(inDays(bench.local, 11.01));
  expect(await bench.newEvents()).toEqual(["customer.subscription.trial_will_end"]);
  await bench.local.advance(inDays(bench.local, 3));
  expect(await bench.newEvents()).toEqual(["customer.subscription.updated", "invoice.created"]);
  const [event] = (await bench.stripe.events.list({ type: "customer.subscription.updated" })).data;
  expect(event?.data.previous_attributes).toMatchObject({ status: "trialing" });
  await bench.local.advance(inDays(bench.local, 0.1));
  expect(await bench.newEvents()).toContain("invoice.paid");
});

test("a trial of two days is announced at once", async () => {
  await subscribed(bench, { session: { subscription_data: { trial_period_days: 2 } } });
  expect(await bench.newEvents()).toContain("customer.subscription.trial_will_end");
});

test.each([
  ["cancel", "canceled", "customer.subscription.deleted"],
  ["pause", "paused", "customer.subscription.paused"],
  ["create_invoice", "past_due", "invoice.payment_failed"],
] as const)("a trial that ends without a card with %s leaves it %s", async (behavior, status, event) => {
  const price = await makePrice(bench.stripe);
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const { id } = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: behavior } },
  });
  await bench.local.advance(inDays(bench.local, 7.1));
  expect((await bench.stripe.subscriptions.retrieve(id)).status).toBe(status);
  expect(await bench.newEvents()).toContain(event);
});

test("a refused renewal is retried and then ends the subscription with the reason payment_failed", async () => {
  const { subscription, customer } = await subscribed(bench, { card: "4000000000000341" });
  await bench.newEvents();
  await bench.local.advance(new Date((periodEnd(subscription) + 4000) * 1000));
  expect((await bench.newEvents()).slice(3)).toEqual([
    "invoice.finalized",
    "payment_intent.created",
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.payment_failed",
    "invoice.updated",
    "customer.subscription.updated",
  ]);
  const [invoice] = (await bench.stripe.invoices.list({ customer: customer.id })).data;
  expect(invoice).toMatchObject({ status: "open", attempt_count: 1 });
  expect(invoice?.next_payment_attempt).toBe(periodEnd(subscription) + 3600 + 3 * 86_400);

  await bench.local.advance(inDays(bench.local, 20));
  const ended = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(ended).toMatchObject({ status: "canceled", cancellation_details: { reason: "payment_failed" } });
  expect((await bench.newEvents()).filter((type) => type === "invoice.payment_failed")).toHaveLength(3);
});

test("a card that works again brings a past due subscription back", async () => {
  const { subscription, customer } = await subscribed(bench, { card: "4000000000000341" });
  await bench.local.advance(new Date((periodEnd(subscription) + 4000) * 1000));
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("past_due");
  const card = await bench.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await bench.stripe.subscriptions.update(subscription.id, { default_payment_method: card.id });
  await bench.local.advance(inDays(bench.local, 4));
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});

test("cancel at period end runs to the end and then deletes", async () => {
  const { subscription } = await subscribed(bench);
  const scheduled = await bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  expect(scheduled).toMatchObject({ cancel_at_period_end: true, cancel_at: periodEnd(subscription), status: "active" });
  await bench.newEvents();
  await bench.local.advance(new Date((periodEnd(subscription) + 1) * 1000));
  expect(await bench.newEvents()).toEqual(["customer.subscription.deleted"]);
  const ended = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(ended).toMatchObject({
    status: "canceled",
    ended_at: periodEnd(subscription),
    cancellation_details: { reason: "cancellation_requested" },
  });
});

test("collection paused with void lets the period go on and voids its invoice", async () => {
  const { subscription, customer } = await subscribed(bench);
  await bench.stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: "void" } });
  await bench.local.advance(new Date((periodEnd(subscription) + 4000) * 1000));
  const [invoice] = (await bench.stripe.invoices.list({ customer: customer.id })).data;
  expect(invoice).toMatchObject({ status: "void", billing_reason: "subscription_cycle" });
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});

test("time never runs backwards", async () => {
  const before = bench.local.now();
  await bench.local.advance(inDays(bench.local, 10));
  await bench.local.advance(before);
  expect(bench.local.now().getTime()).toBeGreaterThanOrEqual(before.getTime() + 10 * 86_400_000);
});
