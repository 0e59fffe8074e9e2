import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCallerFactory } from "@turnpike/core";
import type { TestApp, TestUser } from "@turnpike/testing";
import { createTestApp } from "@turnpike/testing";
import products from "../src/index.ts";

const createCaller = createCallerFactory(products.router);
let answer: { status: number; type: string; body: string };
let server: Server;
let app: TestApp;
let operator: TestUser;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const at = { host: "127.0.0.1", port: address.port, protocol: "http" as const };
  app = await createTestApp({
    modules: [products],
    stripe: new Stripe("sk_test_x", { ...at, maxNetworkRetries: 0 }),
  });
  operator = await app.createUser({ isOperator: true });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await app.close();
});

const refusal = (type: string) => JSON.stringify({ error: { type, message: "No" } });
const json = "application/json";

test.each([
  ["a page of HTML", { status: 200, type: "text/html", body: "<h1>Gateway</h1>" }],
  ["a page of HTML that says 502", { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" }],
  ["that our key is wrong", { status: 401, type: json, body: refusal("invalid_request_error") }],
  ["that our key may not do this", { status: 403, type: json, body: refusal("invalid_request_error") }],
  ["too many requests", { status: 429, type: json, body: refusal("rate_limit_error") }],
])("where Stripe answers %s, we are unavailable and an operator can read why", async (_, given) => {
  answer = given;
  app.log.entries.length = 0;
  await expect(createCaller(app.ctxOf(operator.actor)).syncFromStripe()).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    cause: { appCode: "core.unavailable", retryAfterSec: 5 },
  });
  expect(app.log.entries).toContainEqual(
    expect.objectContaining({
      level: "warn",
      event: "trpc.unavailable",
      fields: expect.objectContaining({ details: expect.objectContaining({ vendor: "stripe" }) }),
    }),
  );
});

test("what Stripe refuses is no outage", async () => {
  answer = { status: 400, type: json, body: refusal("invalid_request_error") };
  await expect(createCaller(app.ctxOf(operator.actor)).create({ name: "Pro" })).rejects.toMatchObject({
    cause: { appCode: "products.refused_by_stripe" },
  });
});

test("a product whose texts PostgreSQL cannot keep arrives all the same, and is told of once", async () => {
  const text = "x\0y\ud800z";
  const product = { id: "prod_1", object: "product", name: text, description: text, active: true };
  answer = { status: 200, type: json, body: JSON.stringify({ ...product, metadata: { [text]: text } }) };
  const ctx = app.ctxOf({ type: "system", job: "webhooks.process" });
  const event: Stripe.Event = JSON.parse(`{"id":"evt_1","type":"product.created","data":{"object":{"id":"prod_1"}}}`);
  const mirror = products.stripe.find(({ object }) => object === "product");
  for (let time = 0; time < 2; time += 1) {
    const snapshot = await mirror?.read(ctx, "prod_1", event, await app.databaseNow());
    await ctx.system("test").tx(async (tx) => mirror?.apply(tx, "prod_1", snapshot, event));
  }
  const kept = "x\ufffdy\ufffdz";
  expect(await app.owner.selectFrom("products").select(["name", "description", "metadata"]).execute()).toEqual([
    { name: kept, description: kept, metadata: { [kept]: kept } },
  ]);
  expect(await app.owner.selectFrom("private.events").select("name").execute()).toHaveLength(1);
});
