import { afterEach, beforeEach, expect, test } from "vitest";
import { inDays, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

test("a paused subscription resumes into a new period that is paid at once", async () => {
  const price = await makePrice(bench.stripe);
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const { id } = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: "pause" } },
  });
  await bench.local.advance(inDays(bench.local, 8));
  const card = await bench.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await bench.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  await bench.newEvents();
  const resumed = await bench.stripe.subscriptions.resume(id);
  expect(resumed.status).toBe("active");
  expect(itemOf(resumed).current_period_start).toBeGreaterThanOrEqual(resumed.created + 8 * 86_400);
  expect(await bench.newEvents()).toEqual(expect.arrayContaining(["customer.subscription.resumed", "invoice.paid"]));
  await expect(bench.stripe.subscriptions.resume(id)).rejects.toThrow("paused");
});

test("a trial can be moved and ended now", async () => {
  const { subscription } = await subscribed(bench, { session: { subscription_data: { trial_period_days: 14 } } });
  const later = (subscription.trial_end ?? 0) + 7 * 86_400;
  const moved = await bench.stripe.subscriptions.update(subscription.id, {
    trial_end: later,
    proration_behavior: "none",
  });
  expect(moved).toMatchObject({ trial_end: later, status: "trialing", billing_cycle_anchor: later });
  expect(itemOf(moved).current_period_end).toBe(later);
  await bench.stripe.subscriptions.update(subscription.id, { trial_end: "now" });
  const ended = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  expect(ended).toMatchObject({ status: "active", latest_invoice: { amount_due: 1000 } });
});

test("a trial canceled at its end is deleted there and never charged", async () => {
  const { subscription, customer } = await subscribed(bench, {
    session: { subscription_data: { trial_period_days: 14 } },
  });
  await bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await bench.local.advance(inDays(bench.local, 15));
  expect(await bench.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    status: "canceled",
    ended_at: subscription.trial_end,
  });
  expect((await bench.stripe.charges.list({ customer: customer.id })).data).toHaveLength(0);
});

test("a trial that needs no card asks for none and says so", async () => {
  const { session } = await subscribed(bench, {
    session: { subscription_data: { trial_period_days: 14 }, payment_method_collection: "if_required" },
  });
  const done = await bench.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
  expect(done).toMatchObject({
    payment_status: "no_payment_required",
    amount_total: 0,
    subscription: { status: "trialing", default_payment_method: null },
  });
});

test("an open checkout expires by itself after a day", async () => {
  const price = await makePrice(bench.stripe);
  const session = await bench.stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "http://127.0.0.1:9/done",
  });
  await bench.newEvents();
  await bench.local.advance(inDays(bench.local, 1.01));
  expect(await bench.newEvents()).toEqual(["checkout.session.expired"]);
  expect(await bench.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: "expired", url: null });
});
