import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePrice, makeSession, payPage, startBench, subscribed, type Bench } from "./fixture.ts";

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

test("the pay page shows what is bought, escapes it, allows no script and needs none", async () => {
  const price = await makePrice(bench.stripe, { product_data: { name: "<script>alert(1)</script>" } });
  const session = await makeSession(bench.stripe, price.id);
  const response = await fetch(session.url ?? "");
  const page = await response.text();
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).toContain("$10.00");
  expect(page).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/);
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  expect(policy).toContain(`style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`);
});

test("a declined card says so and leaves no subscription; another card then pays", async () => {
  const price = await makePrice(bench.stripe);
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(bench.stripe, price.id, { customer: customer.id });
  await bench.newEvents();
  const declined = await payPage(bench.local, session.id, { card: "4000000000000002" });
  expect(declined.status).toBe(402);
  expect(await declined.text()).toContain("Your card was declined");
  expect(await bench.newEvents()).toEqual(["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);
  expect((await bench.stripe.subscriptions.list({ customer: customer.id, status: "all" })).data).toHaveLength(0);
  expect((await payPage(bench.local, session.id)).status).toBe(303);
});

test("3-D Secure: failing leaves the session open, completing pays it", async () => {
  const price = await makePrice(bench.stripe);
  const session = await makeSession(bench.stripe, price.id);
  const asked = await payPage(bench.local, session.id, { card: "4000002500003155" });
  expect(asked.headers.get("location")).toBe(`/c/pay/${session.id}/authenticate`);
  expect(await get(`/c/pay/${session.id}/authenticate`)).toContain("Complete");
  expect((await post(`/c/pay/${session.id}/authenticate`, { outcome: "fail" })).status).toBe(402);
  expect((await bench.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
  await payPage(bench.local, session.id, { card: "4000002500003155" });
  expect((await post(`/c/pay/${session.id}/authenticate`, { outcome: "complete" })).status).toBe(303);
  expect(await bench.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: "complete",
    payment_status: "paid",
  });
});

test("twenty presses on Pay at once pay once", async () => {
  const price = await makePrice(bench.stripe);
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(bench.stripe, price.id, { customer: customer.id });
  const answers = await Promise.all(Array.from({ length: 20 }, () => payPage(bench.local, session.id)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([303]));
  expect((await bench.stripe.charges.list({ customer: customer.id })).data).toHaveLength(1);
  expect((await bench.stripe.subscriptions.list({ customer: customer.id })).data).toHaveLength(1);
});

test("complete and expired sessions say so, unknown ones are not found, and nothing more is charged", async () => {
  const { session } = await subscribed(bench);
  expect(await get(`/c/pay/${session.id}`)).toContain("This checkout is complete");
  const price = await makePrice(bench.stripe);
  const other = await makeSession(bench.stripe, price.id);
  await bench.stripe.checkout.sessions.expire(other.id);
  const late = await payPage(bench.local, other.id);
  expect(late.status).toBe(410);
  expect(await get(`/c/pay/${other.id}`)).toContain("has expired");
  expect((await payPage(bench.local, "cs_test_none")).status).toBe(404);
});

test("an unknown card, and a missing e-mail address, are refused with a sentence", async () => {
  const session = await makeSession(bench.stripe, (await makePrice(bench.stripe)).id);
  expect(await (await payPage(bench.local, session.id, { card: "1234" })).text()).toContain(
    "choose one of the test cards",
  );
  expect(await (await payPage(bench.local, session.id, { email: "" })).text()).toContain("enter your e-mail address");
});

test("a promotion code typed on the page lowers the price and becomes a discount of the subscription", async () => {
  const coupon = await bench.stripe.coupons.create({ percent_off: 25, duration: "forever" });
  const code = await bench.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon: coupon.id },
    code: "SPRING",
  });
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const session = await makeSession(bench.stripe, (await makePrice(bench.stripe)).id, {
    customer: customer.id,
    allow_promotion_codes: true,
  });
  expect(await (await post(`/c/pay/${session.id}/promotion`, { code: "WINTER" })).text()).toContain("not valid");
  await post(`/c/pay/${session.id}/promotion`, { code: "spring" });
  expect(await get(`/c/pay/${session.id}`)).toContain("$7.50");
  await bench.newEvents();
  await payPage(bench.local, session.id);
  expect(await bench.newEvents()).toEqual(
    expect.arrayContaining(["customer.discount.created", "promotion_code.updated"]),
  );
  const [subscription] = (
    await bench.stripe.subscriptions.list({ customer: customer.id, expand: ["data.discounts", "data.latest_invoice"] })
  ).data;
  expect(subscription?.discounts[0]).toMatchObject({ promotion_code: code.id, source: { coupon: coupon.id } });
  expect(subscription?.latest_invoice).toMatchObject({ subtotal: 1000, total: 750, amount_paid: 750 });
});

test("one-off payments and set-up sessions complete too", async () => {
  const price = await bench.stripe.prices.create({
    currency: "usd",
    unit_amount: 4900,
    product_data: { name: "Book" },
  });
  const payment = await makeSession(bench.stripe, price.id, { mode: "payment" });
  await payPage(bench.local, payment.id);
  const paid = await bench.stripe.checkout.sessions.retrieve(payment.id, { expand: ["payment_intent"] });
  expect(paid).toMatchObject({ payment_status: "paid", subscription: null, payment_intent: { amount_received: 4900 } });

  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  const setup = await bench.stripe.checkout.sessions.create({
    mode: "setup",
    currency: "usd",
    customer: customer.id,
    success_url: "http://127.0.0.1:9/done",
  });
  await payPage(bench.local, setup.id);
  const kept = await bench.stripe.checkout.sessions.retrieve(setup.id, { expand: ["setup_intent"] });
  expect(kept).toMatchObject({ payment_status: "no_payment_required", setup_intent: { status: "succeeded" } });
  expect((await bench.stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1);
});

test("a code that is used up between Apply and Pay leaves nothing half done", async () => {
  const coupon = await bench.stripe.coupons.create({ percent_off: 10, duration: "once" });
  const code = await bench.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon: coupon.id },
    code: "LAST",
    max_redemptions: 1,
  });
  const price = await makePrice(bench.stripe);
  const sessions = [
    await makeSession(bench.stripe, price.id, { discounts: [{ promotion_code: code.id }] }),
    await makeSession(bench.stripe, price.id, { discounts: [{ promotion_code: code.id }] }),
  ];
  const answers = [];
  await bench.newEvents();
  for (const [index, session] of sessions.entries()) {
    answers.push((await payPage(bench.local, session.id, { email: `buyer${index}@example.com` })).status);
  }
  expect(answers).toEqual([303, 402]);
  expect((await bench.stripe.customers.list({ email: "buyer1@example.com" })).data).toHaveLength(0);
  expect((await bench.newEvents()).filter((type) => type === "checkout.session.completed")).toHaveLength(1);
});

test("unknown paths get a page, those of the API Stripe's error", async () => {
  for (const path of ["/nothing", "/home/clock", "/c/pay/x/y/<b>"]) {
    const response = await fetch(`${bench.local.url}${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain('href="/"');
  }
  const api = await fetch(`${bench.local.url}/v1/nothing`);
  expect(await api.json()).toMatchObject({ error: { type: "invalid_request_error" } });
});
