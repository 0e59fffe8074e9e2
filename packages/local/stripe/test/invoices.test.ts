import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, inDays, itemOf, makePrice, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test("the preview of an upgrade is what the upgrade then bills, and stores nothing", async () => {
  const here = await startBench();
  const { subscription, customer } = await subscribed(here);
  const bigger = await makePrice(here.stripe, { unit_amount: 2500 });
  await here.local.advance(inDays(here.local, 10));
  await here.newEvents();
  const date = Math.floor(here.local.now().getTime() / 1000);
  const items = [{ id: itemOf(subscription).id, price: bigger.id, quantity: 2 }];
  const preview = await here.stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { items, proration_behavior: "always_invoice", proration_date: date },
  });
  expect(await here.newEvents()).toEqual([]);
  expect((await here.stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  const changed = await here.stripe.subscriptions.update(subscription.id, {
    items,
    proration_behavior: "always_invoice",
    proration_date: date,
    expand: ["latest_invoice"],
  });
  expect(changed.latest_invoice).toMatchObject({ total: preview.total, amount_due: preview.amount_due });
  expect(preview.total).toBeGreaterThan(0);
  await here.stop();
});

test("the upcoming invoice shows the next period; a subscription that ends has none", async () => {
  const { subscription } = await subscribed(bench);
  const upcoming = await bench.stripe.invoices.createPreview({ subscription: subscription.id });
  expect(upcoming).toMatchObject({ total: 1000, billing_reason: "upcoming", status: "draft" });
  expect(upcoming.lines.data[0]?.period.start).toBe(itemOf(subscription).current_period_end);
  await bench.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await expect(bench.stripe.invoices.createPreview({ subscription: subscription.id })).rejects.toMatchObject({
    code: "invoice_upcoming_none",
  });
});

test("a new subscription can be previewed for a customer", async () => {
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const price = await makePrice(bench.stripe, { unit_amount: 700 });
  const preview = await bench.stripe.invoices.createPreview({
    customer: customer.id,
    subscription_details: { items: [{ price: price.id, quantity: 3 }] },
  });
  expect(preview).toMatchObject({ total: 2100, billing_reason: "subscription_create" });
});

test("an invoice item is billed with the next renewal", async () => {
  const here = await startBench();
  const { customer } = await subscribed(here);
  const item = await here.stripe.invoiceItems.create({
    customer: customer.id,
    amount: 250,
    currency: "usd",
    description: "Setup",
  });
  await here.local.advance(inDays(here.local, 32));
  const [invoice] = (await here.stripe.invoices.list({ customer: customer.id })).data;
  expect(invoice).toMatchObject({ total: 1250, status: "paid" });
  expect(idOf((await here.stripe.invoiceItems.retrieve(item.id)).invoice)).toBe(invoice?.id);
  await here.stop();
});

test("a coupon that applies once is over at the renewal, one that repeats runs its months", async () => {
  const here = await startBench();
  const once = await here.stripe.coupons.create({ amount_off: 300, currency: "usd", duration: "once" });
  const repeating = await here.stripe.coupons.create({ percent_off: 50, duration: "repeating", duration_in_months: 2 });
  const totals = async (coupon: string): Promise<number[]> => {
    const { customer } = await subscribed(here, { session: { discounts: [{ coupon }] } });
    await here.local.advance(inDays(here.local, 70));
    return (await here.stripe.invoices.list({ customer: customer.id })).data
      .map((invoice) => invoice.total)
      .toReversed();
  };
  expect(await totals(once.id)).toEqual([700, 1000, 1000]);
  expect(await totals(repeating.id)).toEqual([500, 500, 1000]);
  expect(await here.newEvents()).toContain("customer.discount.deleted");
  await here.stop();
});

test("an open invoice is paid on its page, a paid one cannot be paid again", async () => {
  const { customer } = await subscribed(bench);
  const price = await makePrice(bench.stripe);
  const unpaid = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: "default_incomplete",
  });
  const invoice = await bench.stripe.invoices.retrieve(idOf(unpaid.latest_invoice));
  const pay = (card: string) =>
    fetch(`${invoice.hosted_invoice_url}/pay`, {
      method: "POST",
      body: new URLSearchParams({ card }),
      redirect: "manual",
    });
  expect((await pay("4000000000000002")).status).toBe(402);
  expect((await pay("4242424242424242")).status).toBe(303);
  expect((await bench.stripe.subscriptions.retrieve(unpaid.id)).status).toBe("active");
  await expect(bench.stripe.invoices.pay(invoice.id)).rejects.toMatchObject({ code: "invoice_already_paid" });
  await expect(bench.stripe.invoices.voidInvoice(invoice.id)).rejects.toThrow("isn't open");
});
