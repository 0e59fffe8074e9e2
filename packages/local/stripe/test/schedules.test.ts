import type Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inDays, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

/** A subscription of 10.00 that goes down to 4.00 when its period ends. */
async function downgrade(phase: Partial<Stripe.SubscriptionScheduleUpdateParams.Phase> = {}) {
  const { subscription, customer, price } = await subscribed(bench);
  const small = await makePrice(bench.stripe, { unit_amount: 400, product_data: { name: "Solo" } });
  const made = await bench.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const [current] = made.phases;
  if (current === undefined) throw new Error("no phase");
  const schedule = await bench.stripe.subscriptionSchedules.update(made.id, {
    end_behavior: "release",
    phases: [
      { items: [{ price: price.id, quantity: 1 }], start_date: current.start_date, end_date: current.end_date },
      { items: [{ price: small.id, quantity: 2 }], ...phase },
    ],
  });
  return { subscription, customer, small, schedule };
}

test("a downgrade waits for the end of the period, renews at the new price and lets go of the schedule", async () => {
  const { subscription, customer, small, schedule } = await downgrade();
  expect((await bench.newEvents()).slice(-3)).toEqual([
    "subscription_schedule.created",
    "customer.subscription.updated",
    "subscription_schedule.updated",
  ]);
  expect(itemOf(await bench.stripe.subscriptions.retrieve(subscription.id)).price.unit_amount).toBe(1000);

  await bench.local.advance(new Date((itemOf(subscription).current_period_end + 4000) * 1000));
  const events = await bench.newEvents();
  expect(events.slice(0, 4)).toEqual([
    "invoice.upcoming",
    "customer.subscription.updated",
    "invoice.created",
    "subscription_schedule.updated",
  ]);
  const renewed = await bench.stripe.subscriptions.retrieve(subscription.id, {
    expand: ["latest_invoice", "schedule"],
  });
  expect(itemOf(renewed)).toMatchObject({ price: { id: small.id }, quantity: 2 });
  expect(renewed.latest_invoice).toMatchObject({ total: 800, status: "paid", billing_reason: "subscription_cycle" });
  expect((await bench.stripe.invoices.list({ customer: customer.id })).data).toHaveLength(2);

  await bench.local.advance(inDays(bench.local, 31));
  expect(await bench.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
    status: "released",
    released_subscription: subscription.id,
  });
  expect(await bench.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    schedule: null,
    status: "active",
  });
});

test("a released schedule leaves the subscription as it is", async () => {
  const { subscription, schedule } = await downgrade();
  await bench.stripe.subscriptionSchedules.release(schedule.id);
  await bench.local.advance(new Date((itemOf(subscription).current_period_end + 4000) * 1000));
  const after = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(after.schedule).toBeNull();
  expect(itemOf(after).price.unit_amount).toBe(1000);
  await expect(bench.stripe.subscriptionSchedules.release(schedule.id)).rejects.toThrow("released");
});

test("a phase with another interval starts its own period", async () => {
  const yearly = await makePrice(bench.stripe, { unit_amount: 9000, recurring: { interval: "year" } });
  const { subscription } = await downgrade({ items: [{ price: yearly.id }] });
  await bench.local.advance(new Date((itemOf(subscription).current_period_end + 4000) * 1000));
  const after = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  expect(itemOf(after).current_period_start).toBe(itemOf(subscription).current_period_end);
  expect(after.latest_invoice).toMatchObject({ total: 9000, status: "paid" });
});

test("a schedule that ends with cancel ends the subscription", async () => {
  const { subscription } = await subscribed(bench);
  const made = await bench.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  await bench.stripe.subscriptionSchedules.update(made.id, { end_behavior: "cancel" });
  await bench.local.advance(new Date((itemOf(subscription).current_period_end + 1) * 1000));
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  expect((await bench.stripe.subscriptionSchedules.retrieve(made.id)).status).toBe("completed");
});

test("canceling the subscription cancels its schedule; a cancel beside the schedule is refused", async () => {
  const { subscription, schedule } = await downgrade();
  await expect(bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })).rejects.toThrow(
    "managed by the subscription schedule",
  );
  await expect(bench.stripe.subscriptionSchedules.create({ from_subscription: subscription.id })).rejects.toThrow(
    "already attached",
  );
  await bench.stripe.subscriptions.cancel(subscription.id);
  expect((await bench.stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe("canceled");
});

test("phases with a gap, an end before the start or an unknown price are refused", async () => {
  const { subscription, price } = await subscribed(bench);
  const { id } = await bench.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const { current_period_start: start, current_period_end: end } = itemOf(subscription);
  const items = [{ price: price.id }];
  const attempt = (phases: Stripe.SubscriptionScheduleUpdateParams.Phase[]) =>
    bench.stripe.subscriptionSchedules.update(id, { phases });
  await expect(attempt([{ items, start_date: start + 5, end_date: end }])).rejects.toMatchObject({
    param: "phases[0][start_date]",
  });
  await expect(attempt([{ items, start_date: start, end_date: start - 1 }])).rejects.toMatchObject({
    param: "phases[0][end_date]",
  });
  await expect(attempt([{ items: [{ price: "price_none" }], start_date: start, end_date: end }])).rejects.toMatchObject(
    { code: "resource_missing" },
  );
});
