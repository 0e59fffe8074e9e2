import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, inDays, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

async function customerWith(card: string): Promise<Stripe.Customer> {
  const customer = await bench.stripe.customers.create({ email: "ada@example.com", payment_method: card });
  const [method] = (await bench.stripe.paymentMethods.list({ customer: customer.id })).data;
  return bench.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method?.id ?? "" } });
}

async function make(card: string, params: Partial<Stripe.SubscriptionCreateParams> = {}): Promise<Stripe.Subscription> {
  const price = await makePrice(bench.stripe);
  const customer = await customerWith(card);
  return bench.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...params });
}

test("a card that works makes it active at once, in Stripe's default billing mode", async () => {
  const subscription = await make("pm_card_visa");
  expect(subscription).toMatchObject({ status: "active", billing_mode: { type: "flexible" } });
  expect(itemOf(subscription).price.unit_amount_decimal?.toString()).toBe("1000");
});

test("a declined first payment leaves it incomplete; paying its invoice brings it to life", async () => {
  const subscription = await make("pm_card_chargeCustomerFail");
  expect(subscription.status).toBe("incomplete");
  const invoice = idOf(subscription.latest_invoice);
  await expect(bench.stripe.invoices.pay(invoice)).rejects.toMatchObject({ code: "card_declined" });
  const paid = await bench.stripe.invoices.pay(invoice, { payment_method: "pm_card_visa" });
  expect(paid.status).toBe("paid");
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});

test("an incomplete subscription expires after 23 hours and its invoice is void", async () => {
  const here = await startBench();
  const price = await makePrice(here.stripe);
  const customer = await here.stripe.customers.create({ email: "ada@example.com" });
  const made = await here.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: "default_incomplete",
  });
  expect(made.status).toBe("incomplete");
  await here.newEvents();
  await here.local.advance(inDays(here.local, 1));
  expect((await here.newEvents()).filter((type) => !type.startsWith("payment_intent"))).toEqual([
    "customer.subscription.updated",
    "invoice.voided",
  ]);
  expect((await here.stripe.subscriptions.retrieve(made.id)).status).toBe("incomplete_expired");
  await here.stop();
});

test("3-D Secure on the first payment by API is confirmed on the bank's page", async () => {
  const subscription = await make("pm_card_authenticationRequired", {
    expand: ["latest_invoice.payments.data.payment.payment_intent", "latest_invoice.confirmation_secret"],
  });
  expect(subscription.status).toBe("incomplete");
  const invoice = subscription.latest_invoice;
  const secret = typeof invoice === "object" ? (invoice?.confirmation_secret?.client_secret ?? "") : "";
  const answer = await fetch(`${bench.local.url}/c/authenticate/${secret}`, {
    method: "POST",
    body: new URLSearchParams({ outcome: "complete" }),
  });
  expect(answer.status).toBe(200);
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
});

test("error_if_incomplete leaves nothing behind", async () => {
  const price = await makePrice(bench.stripe);
  const customer = await customerWith("pm_card_chargeCustomerFail");
  await bench.newEvents();
  const attempt = bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: "error_if_incomplete",
  });
  await expect(attempt).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
  expect((await bench.stripe.subscriptions.list({ customer: customer.id, status: "all" })).data).toHaveLength(0);
  expect(await bench.newEvents()).toEqual([]);
});

test("undoing a scheduled cancel gives the old values to the event", async () => {
  const { subscription } = await subscribed(bench);
  await bench.stripe.subscriptions.update(subscription.id, {
    cancel_at_period_end: true,
    cancellation_details: { feedback: "too_expensive" },
  });
  await bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
  const [event] = (await bench.stripe.events.list({ type: "customer.subscription.updated", limit: 1 })).data;
  expect(event?.data.previous_attributes).toMatchObject({
    cancel_at: itemOf(subscription).current_period_end,
    cancel_at_period_end: true,
    cancellation_details: { reason: "cancellation_requested", feedback: "too_expensive" },
  });
  expect(event?.request?.id).toMatch(/^req_/);
});

test("a canceled subscription is terminal", async () => {
  const { subscription } = await subscribed(bench);
  const canceled = await bench.stripe.subscriptions.cancel(subscription.id, {
    cancellation_details: { comment: "bye" },
  });
  expect(canceled).toMatchObject({
    status: "canceled",
    cancellation_details: { reason: "cancellation_requested", comment: "bye" },
  });
  await expect(bench.stripe.subscriptions.cancel(subscription.id)).rejects.toMatchObject({ code: "resource_missing" });
  await expect(bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })).rejects.toThrow(
    "canceled",
  );
  expect((await bench.stripe.subscriptions.list({ customer: idOf(subscription.customer) })).data).toHaveLength(0);
  expect(
    (await bench.stripe.subscriptions.list({ customer: idOf(subscription.customer), status: "ended" })).data,
  ).toHaveLength(1);
});
