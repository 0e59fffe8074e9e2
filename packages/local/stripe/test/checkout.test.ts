import { afterAll, beforeAll, expect, test } from "vitest";
import { makePrice, makeSession, payPage, startBench, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test("paying on the page makes an active subscription and sends the events of a checkout", async () => {
  const { stripe, local } = bench;
  const price = await makePrice(stripe, { lookup_key: "pro_monthly" });
  const customer = await stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(stripe, price.id, {
    customer: customer.id,
    client_reference_id: "org_1",
    metadata: { org: "1" },
    subscription_data: { metadata: { org: "1" } },
  });
  expect(session).toMatchObject({
    status: "open",
    payment_status: "unpaid",
    amount_total: 1000,
    subscription: null,
    invoice: null,
  });
  await bench.newEvents();

  const answer = await payPage(local, session.id);

  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(`http://127.0.0.1:9/done?session=${session.id}`);
  expect(await bench.newEvents()).toEqual([
    "payment_method.attached",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.created",
    "invoice.finalized",
    "invoice_payment.paid",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.subscription.created",
    "checkout.session.completed",
  ]);
  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ["subscription", "invoice", "line_items"],
  });
  expect(paid).toMatchObject({
    status: "complete",
    payment_status: "paid",
    customer: customer.id,
    client_reference_id: "org_1",
  });
  expect(paid.subscription).toMatchObject({
    status: "active",
    metadata: { org: "1" },
    items: { data: [{ price: { id: price.id }, quantity: 1 }] },
  });
  expect(paid.invoice).toMatchObject({ status: "paid", amount_paid: 1000, billing_reason: "subscription_create" });
  expect(paid.line_items?.data[0]?.amount_total).toBe(1000);
});
