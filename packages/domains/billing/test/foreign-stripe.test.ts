import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCallerFactory } from "@turnpike/core";
import { findOrganization } from "@turnpike/organizations";
import products from "@turnpike/products";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import billing from "../src/index.ts";
import { foreignEvent } from "./deliver.ts";

const createCaller = createCallerFactory(billing.router);
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const month = 30 * 86_400;

/** Another implementation of Stripe's API: it knows only what a test puts here, by path. */
const answers = new Map<string, object>();
let server: Server;
let app: TestApp;
let user: TestUser;

beforeEach(async () => {
  answers.clear();
  server = createServer((request, response) => {
    const answer = answers.get((request.url ?? "").replace(/\?expand.*$/, ""));
    const missing = { error: { type: "invalid_request_error", code: "resource_missing", message: "No such object" } };
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? missing));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const stripe = new Stripe("sk_test_foreign", { host: "127.0.0.1", port: address.port, protocol: "http" });
  app = await createTestApp({ modules: [products, billing], stripe, findOrganization });
  user = await app.createUser();
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await app.close();
});

function item(index: number) {
  const now = seconds(new Date());
  return {
    id: `si_${index}`,
    object: "subscription_item",
    price: { id: `price_${index}`, object: "price" },
    quantity: 1,
    current_period_start: now,
    current_period_end: now + month,
  };
}

/** A subscription with no more than what we read, and one item, unless a test says otherwise. */
function answerSubscription(changes: object): void {
  answers.set("/v1/subscriptions/sub_1", {
    id: "sub_1",
    object: "subscription",
    status: "active",
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    trial_start: null,
    trial_end: null,
    pause_collection: null,
    start_date: seconds(new Date()),
    metadata: {},
    latest_invoice: null,
    customer: { id: "cus_1", object: "customer", metadata: { turnpike_organization_id: user.organizationId } },
    items: { object: "list", data: [item(0)], has_more: false },
    ...changes,
  });
}

async function deliver(): Promise<void> {
  const ctx = app.ctxOf({ type: "system", job: "webhooks.process" });
  const event = foreignEvent("customer.subscription.updated", {
    object: "subscription",
    id: "sub_1",
    customer: "cus_1",
  });
  const mirror = billing.stripe.find(({ object }) => object === "subscription");
  if (!mirror) throw new Error("there is no such mirror");
  const snapshot = await mirror.read(ctx, "sub_1", event, await app.databaseNow());
  await ctx.system("test").tx((tx) => mirror.apply(tx, "sub_1", snapshot, event));
}

const caller = () => createCaller(app.ctxOf(user.actor));

/** Puts a product into the catalogue whose price and feature are those of the first item. */
async function makeCatalogue(): Promise<void> {
  const product = { id: "prod_1", object: "product", name: "Plan", active: true, description: null, metadata: {} };
  const price = {
    id: "price_0",
    object: "price",
    product,
    active: true,
    currency: "usd",
    unit_amount: 100,
    type: "recurring",
    recurring: { interval: "month", interval_count: 1 },
    lookup_key: null,
    metadata: {},
  };
  answers.set("/v1/prices/price_0", price);
  const ctx = app.ctxOf({ type: "system", job: "webhooks.process" });
  const event = foreignEvent("price.created", { object: "price", id: "price_0" });
  const mirror = products.stripe.find(({ object }) => object === "price");
  const snapshot = await mirror?.read(ctx, "price_0", event, await app.databaseNow());
  await ctx.system("test").tx(async (tx) => mirror?.apply(tx, "price_0", snapshot, event));
  const operator = await app.createUser({ isOperator: true });
  const catalogue = createCallerFactory(products.router)(app.ctxOf(operator.actor));
  const { items } = await catalogue.list();
  await catalogue.features.set({ productId: items[0]?.id ?? "", features: [{ key: "exports" }] });
}

test("a status that nobody knows is kept, grants nothing, and raises an alarm", async () => {
  await makeCatalogue();
  answerSubscription({});
  await deliver();
  expect(await caller().access.check({ feature: "exports" })).toMatchObject({ granted: true });
  answerSubscription({ status: "suspended" });
  await deliver();
  expect(await caller().access.explain({ feature: "exports" })).toMatchObject({
    granted: false,
    reason: "unknown_status",
  });
  expect((await caller().subscriptions.list()).items).toMatchObject([{ status: "suspended" }]);
  expect(app.log.entries).toContainEqual(expect.objectContaining({ level: "error", event: "billing.unknown_status" }));
});

test("a subscription with more items than one answer holds is read to its last", async () => {
  const pages = [0, 1, 2].map((page) => Array.from({ length: 10 }, (_, index) => item(page * 10 + index)));
  answerSubscription({ items: { object: "list", data: pages[0], has_more: true } });
  const list = (data: unknown, hasMore: boolean) => ({
    object: "list",
    url: "/v1/subscription_items",
    data,
    has_more: hasMore,
  });
  answers.set("/v1/subscription_items?subscription=sub_1&limit=100", list(pages.slice(0, 2).flat(), true));
  answers.set("/v1/subscription_items?subscription=sub_1&limit=100&starting_after=si_19", list(pages[2], false));
  await deliver();
  await deliver();
  const [subscription] = (await caller().subscriptions.list()).items;
  expect(subscription?.items).toHaveLength(30);
});

test("a comment and metadata that PostgreSQL cannot keep do not keep a subscription's end from us", async () => {
  await makeCatalogue();
  answerSubscription({});
  await deliver();
  const text = "x\0y\ud800z";
  answerSubscription({
    status: "canceled",
    ended_at: seconds(new Date()),
    cancellation_details: { comment: text, feedback: null, reason: "cancellation_requested" },
    metadata: { [`key${text}`]: text },
  });
  await deliver();
  expect((await caller().subscriptions.list()).items).toMatchObject([
    { status: "canceled", cancellationReason: "x\ufffdy\ufffdz" },
  ]);
  expect(await caller().access.check({ feature: "exports" })).toMatchObject({ granted: false });
});

test("pauses and customers of a shape that nobody knows are taken for the one that grants less", async () => {
  await makeCatalogue();
  const start = seconds(new Date()) - month;
  const lapsed = { ...item(0), current_period_start: start, current_period_end: seconds(new Date()) - 60 };
  answerSubscription({
    pause_collection: { behavior: "hibernate", resumes_at: null },
    items: { object: "list", data: [lapsed], has_more: false },
  });
  await deliver();
  expect(await caller().access.check({ feature: "exports" })).toMatchObject({
    granted: false,
    reason: "pause_collection",
  });
  answerSubscription({
    customer: { id: "cus_1", object: "customer", deleted: true },
    status: "canceled",
    ended_at: seconds(new Date()),
  });
  await deliver();
  expect(await caller().access.explain({ feature: "exports" })).toMatchObject({ reason: "subscription_ended" });
});
