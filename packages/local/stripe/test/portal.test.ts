import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

async function post(path: string, fields: Record<string, string> = {}): Promise<Response> {
  return fetch(`${bench.local.url}${path}`, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

async function get(path: string): Promise<string> {
  return (await fetch(`${bench.local.url}${path}`)).text();
}

test("the portal cancels by cancel_at, takes it back, changes the card and shows the invoice", async () => {
  const { customer, subscription } = await subscribed(bench);
  const portal = await bench.stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: "http://127.0.0.1:9/account",
  });
  const path = new URL(portal.url).pathname;
  const page = await get(path);
  expect(page).toContain("Renews on");
  expect(page).toContain("http://127.0.0.1:9/account");
  await bench.newEvents();
  await post(`${path}/subscriptions/${subscription.id}/cancel`);
  const ending = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(ending).toMatchObject({
    cancel_at: subscription.items.data[0]?.current_period_end,
    cancel_at_period_end: false,
    status: "active",
  });
  expect(await get(path)).toContain("does not renew");
  await post(`${path}/subscriptions/${subscription.id}/undo`);
  expect(await bench.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    cancel_at: null,
    canceled_at: null,
  });
  expect(await bench.newEvents()).toEqual(["customer.subscription.updated", "customer.subscription.updated"]);

  await post(`${path}/card`, { card: "5555555555554444" });
  const changed = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["default_payment_method"] });
  expect(changed.default_payment_method).toMatchObject({ card: { last4: "4444" } });
  expect(await get(`/i/${idOf(subscription.latest_invoice)}`)).toContain("Paid");
});

test("the portal changes plan and seats to what its configuration offers, and to nothing else", async () => {
  const { customer, subscription } = await subscribed(bench);
  const bigger = await makePrice(bench.stripe, { unit_amount: 3000 });
  const secret = await makePrice(bench.stripe, { unit_amount: 1 });
  const configuration = await bench.stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price", "quantity"],
        products: [{ product: idOf(bigger.product), prices: [bigger.id] }],
        proration_behavior: "none",
      },
    },
  });
  const portal = await bench.stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration: configuration.id,
  });
  const plan = `${new URL(portal.url).pathname}/subscriptions/${subscription.id}/plan`;
  expect(await (await post(plan, { price: secret.id })).text()).toContain("not offered");
  expect((await post(plan, { quantity: "0" })).status).toBe(400);
  expect((await post(plan, { price: bigger.id, quantity: "4" })).status).toBe(303);
  const changed = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(changed.items.data[0]).toMatchObject({ quantity: 4, price: { id: bigger.id } });
});

test("a card that needs 3-D Secure is confirmed before the portal uses it", async () => {
  const { customer, subscription } = await subscribed(bench);
  const portal = await bench.stripe.billingPortal.sessions.create({ customer: customer.id });
  const path = new URL(portal.url).pathname;
  const asked = await post(`${path}/card`, { card: "4000002500003155" });
  const bank = asked.headers.get("location") ?? "";
  expect(bank).toMatch(/^\/c\/authenticate\/seti_/);
  expect((await post(bank, { outcome: "complete" })).headers.get("location")).toBe(path);
  const changed = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["default_payment_method"] });
  expect(changed.default_payment_method).toMatchObject({ card: { last4: "3155" } });
});

test("a session made to confirm a change shows it, does it and goes where it was told", async () => {
  const { customer, subscription } = await subscribed(bench);
  const bigger = await makePrice(bench.stripe, { unit_amount: 3000, product_data: { name: "Team" } });
  const portal = await bench.stripe.billingPortal.sessions.create({
    customer: customer.id,
    flow_data: {
      type: "subscription_update_confirm",
      after_completion: { type: "redirect", redirect: { return_url: "http://127.0.0.1:9/thanks" } },
      subscription_update_confirm: {
        subscription: subscription.id,
        items: [{ id: itemOf(subscription).id, price: bigger.id, quantity: 2 }],
      },
    },
  });
  const path = new URL(portal.url).pathname;
  expect(await get(path)).toContain("Team, $30.00 / month");
  expect((await post(`${path}/confirm`)).headers.get("location")).toBe("http://127.0.0.1:9/thanks");
  const changed = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(itemOf(changed)).toMatchObject({ price: { id: bigger.id }, quantity: 2 });
});

test("a portal does not touch another customer's subscription", async () => {
  const mine = await subscribed(bench);
  const theirs = await subscribed(bench);
  const portal = await bench.stripe.billingPortal.sessions.create({ customer: mine.customer.id });
  const answer = await post(`${new URL(portal.url).pathname}/subscriptions/${theirs.subscription.id}/cancel`);
  expect(answer.status).toBe(400);
  expect((await bench.stripe.subscriptions.retrieve(theirs.subscription.id)).cancel_at).toBeNull();
});

test("a declined card leaves the card as it was and answers 402 with the page", async () => {
  const { customer, subscription } = await subscribed(bench);
  const portal = await bench.stripe.billingPortal.sessions.create({ customer: customer.id });
  const answer = await post(`${new URL(portal.url).pathname}/card`, { card: "4000000000000002" });
  expect(answer.status).toBe(402);
  expect(await answer.text()).toContain("Your card was declined");
  const after = await bench.stripe.subscriptions.retrieve(subscription.id);
  expect(after.default_payment_method).toBe(subscription.default_payment_method);
});

test("the portal of a deleted customer says so, on its page and at its forms", async () => {
  const { customer, subscription } = await subscribed(bench);
  const portal = await bench.stripe.billingPortal.sessions.create({ customer: customer.id });
  await bench.stripe.customers.del(customer.id);
  const path = new URL(portal.url).pathname;
  const answers = [
    await fetch(portal.url),
    await post(`${path}/card`, { card: "4242424242424242" }),
    await post(`${path}/confirm`),
    await post(`${path}/subscriptions/${subscription.id}/cancel`),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain("This customer was deleted");
  }
});
