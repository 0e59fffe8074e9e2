import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePrice, makeSession, payPage, startBench, subscribed, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** Sends a form as a browser does that shows the home page, unless the headers say otherwise. */
async function post(
  path: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = { origin: bench.local.url, "sec-fetch-site": "same-origin" },
): Promise<Response> {
  return fetch(`${bench.local.url}${path}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
    headers,
  });
}

async function home(path = "/"): Promise<string> {
  return (await fetch(`${bench.local.url}${path}`)).text();
}

/** The page that an answer redirects to. */
async function follow(answer: Response): Promise<string> {
  expect(answer.status).toBe(303);
  return home(answer.headers.get("location") ?? "");
}

test("an empty Stripe says what to do next and names its addresses", async () => {
  const fresh = await startBench();
  const response = await fetch(fresh.local.url);
  const page = await response.text();
  await fresh.stop();
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page).toContain("The same as wall time.");
  expect(page).toContain("billing.checkout.start");
  expect(page).toContain("No subscription yet.");
  expect(page).toContain("No event yet.");
  expect(page).toContain(`curl ${fresh.local.url}/_sim/faults`);
  expect(page).not.toMatch(/<script|sk_test_|whsec_/);
});

test("an open checkout leads to its pay page and is gone once it is paid", async () => {
  const session = await makeSession(bench.stripe, (await makePrice(bench.stripe)).id, {
    customer_email: "eve@example.com",
  });
  const page = await home();
  expect(page).toContain(`href="/c/pay/${session.id}"`);
  expect(page).toContain("$10.00 today");
  expect(page).toContain("eve@example.com");
  await payPage(bench.local, session.id);
  expect(await home()).not.toContain(`/c/pay/${session.id}`);
});

test("names, addresses and ids of others are text, never markup", async () => {
  const hostile = `<img src=x onerror=alert(1)>"'`;
  const price = await makePrice(bench.stripe, { product_data: { name: hostile } });
  const product = await bench.stripe.products.create({ id: "<i>own</i>", name: hostile });
  const customer = await bench.stripe.customers.create({ name: hostile });
  const session = await makeSession(bench.stripe, price.id, { customer: customer.id });
  const open = await home();
  expect(product.id).toBe("<i>own</i>");
  expect(open).toContain("&lt;i&gt;own&lt;/i&gt;");
  expect(open).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;");
  await payPage(bench.local, session.id);
  const paid = await home();
  expect(paid).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39; × 1");
  for (const page of [open, paid]) expect(page).not.toMatch(/<img|<i>own/);
});

test("a month on the clock renews a subscription, and the notice counts the events once", async () => {
  const { subscription } = await subscribed(bench);
  await bench.newEvents();
  const moved = await post("/home/clock", { by: "month" });
  const page = await follow(moved);
  const made = (await bench.newEvents()).length;
  expect(made).toBeGreaterThan(0);
  expect(page).toContain(`The clock has moved. ${made} events were made.`);
  expect(page).toMatch(/Ahead of wall time by (27|28|29|30|31) days/);
  expect(await home(moved.headers.get("location") ?? "")).not.toContain("The clock has moved");
  await post("/home/clock", { by: "day" });
  const renewed = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  expect(renewed.items.data[0]?.current_period_start).toBe(subscription.items.data[0]?.current_period_end);
  expect(renewed.latest_invoice).toMatchObject({ billing_reason: "subscription_cycle", status: "paid" });
});

test.each([
  ["hour", 3600],
  ["day", 86_400],
  ["week", 7 * 86_400],
])("a step of one %s moves Stripe's time by %i seconds", async (by, seconds) => {
  const before = bench.local.now().getTime();
  await follow(await post("/home/clock", { by }));
  const moved = (bench.local.now().getTime() - before) / 1000;
  expect(moved).toBeGreaterThanOrEqual(seconds);
  expect(moved).toBeLessThan(seconds + 60);
});

test("a date moves the clock to its midnight", async () => {
  const day = new Date(bench.local.now().getTime() + 3 * 86_400_000).toISOString().slice(0, 10);
  await follow(await post("/home/clock", { date: day }));
  expect(bench.local.now().toISOString().slice(0, 13)).toBe(`${day}T00`);
});

test.each([
  [{}, "Please choose a day"],
  [{ date: "soon" }, "Please choose a day"],
  [{ date: "2031-02-30" }, "Please choose a day"],
  [{ date: "2020-01-01" }, "Time only moves forward"],
  [{ date: "9999-12-31" }, "at most 4000 days"],
  [{ by: "century" }, "one of the steps"],
])("the clock refuses %o with a sentence and stays", async (fields, sentence) => {
  const offset = bench.local.now().getTime() - Date.now();
  const answer = await post("/home/clock", fields);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(sentence);
  expect(Math.abs(bench.local.now().getTime() - Date.now() - offset)).toBeLessThan(50);
});

test("the portal button opens the customer's portal, which returns here", async () => {
  const { subscription } = await subscribed(bench);
  expect(await home()).toContain(`action="/home/subscriptions/${subscription.id}/portal"`);
  const answer = await post(`/home/subscriptions/${subscription.id}/portal`);
  expect(answer.status).toBe(303);
  const portal = await (await fetch(answer.headers.get("location") ?? "")).text();
  expect(portal).toContain("Your plan and payments");
  expect(portal).toContain(`href="${bench.local.url}/"`);
  const unknown = await post("/home/subscriptions/sub_none/portal");
  expect(unknown.status).toBe(400);
  expect(await unknown.text()).toContain("No such subscription");
});

test("sending an event again delivers it again and the page shows both deliveries", async () => {
  const customer = await bench.stripe.customers.create({ email: "ada@example.com" });
  await bench.local.deliveriesIdle();
  const [event] = (await bench.stripe.events.list({ limit: 1 })).data;
  const arrived = (): number => bench.receiver.events.filter((entry) => entry.id === event?.id).length;
  expect(arrived()).toBe(1);
  const page = await follow(await post(`/home/events/${event?.id}/send`));
  expect(arrived()).toBe(2);
  expect(page).toContain("customer.created goes out again to 1 endpoint.");
  const row = page.split("<li").find((part) => part.includes(customer.id)) ?? "";
  expect(row.match(/HTTP 200/g)).toHaveLength(2);
  expect((await post("/home/events/evt_none/send")).status).toBe(400);
});

test("a failed attempt shows what the endpoint answered and how often it was tried", async () => {
  bench.receiver.answers.push(503);
  const customer = await bench.stripe.customers.create({ email: "late@example.com" });
  await bench.local.deliveriesIdle();
  const row = (await home()).split("<li").find((part) => part.includes(customer.id)) ?? "";
  expect(row).toContain("HTTP 200 · 2 attempts");
});

const foreign: Record<string, string>[] = [
  { origin: "http://evil.example" },
  { origin: "null" },
  { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site" },
];
test.each(foreign)("a form from elsewhere (%o) changes nothing", async (headers) => {
  const { subscription } = await subscribed(bench);
  await bench.newEvents();
  const before = bench.local.now().getTime();
  const [event] = bench.receiver.events;
  for (const path of ["clock", `subscriptions/${subscription.id}/portal`, `events/${event?.id}/send`]) {
    expect((await post(`/home/${path}`, { by: "week" }, headers)).status).toBe(403);
  }
  expect(bench.local.now().getTime() - before).toBeLessThan(60_000);
  expect(await bench.newEvents()).toEqual([]);
});

test("a foreign host name that resolves to this machine reads and moves nothing", async () => {
  const { port } = new URL(bench.local.url);
  const asked = (method: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, method, headers: { host: `evil.example:${port}` } };
      httpRequest(options, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
  expect(await asked("GET", "/")).toBe(403);
  expect(await asked("POST", "/home/clock")).toBe(403);
});
