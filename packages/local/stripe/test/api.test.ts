import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStripe } from "../src/index.ts";
import { checkOptions } from "../src/options.ts";
import { makePrice, sdkFor, startBench, type Bench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** A raw call, for what the SDK's types would not let through. */
async function call(method: string, path: string, body = "", headers: Record<string, string> = {}) {
  const response = await fetch(`${bench.local.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${bench.local.secretKey}`, ...headers },
    ...(method === "GET" ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, json: await readJson(response) };
}

async function readJson(response: Response): Promise<unknown> {
  return response.json();
}

test.each([
  ["no key", {}, "You did not provide an API key"],
  ["another key", { authorization: "Bearer sk_test_other" }, "Invalid API Key provided"],
  ["a live key", { authorization: "Bearer sk_live_abcdefgh" }, "does not take live keys"],
])("%s answers 401", async (_name, headers, message) => {
  const response = await fetch(`${bench.local.url}/v1/customers`, { headers });
  expect(response.status).toBe(401);
  expect(await response.text()).toContain(message);
});

test.each([
  ["nonsense=1", "parameter_unknown", "nonsense"],
  ["metadata[a][b]=1", undefined, "metadata[a]"],
  ["email=not-an-address", "email_invalid", "email"],
  ["address[planet]=mars", "parameter_unknown", "address[planet]"],
  ["invoice_settings[default_payment_method]=pm_none", "resource_missing", "invoice_settings[default_payment_method]"],
])("POST /v1/customers with %s is refused and names the parameter", async (body, code, param) => {
  const answer = await call("POST", "/v1/customers", body);
  expect(answer.json).toMatchObject({
    error: { type: "invalid_request_error", param, ...(code === undefined ? {} : { code }) },
  });
  expect(answer.status).toBe(code === "resource_missing" ? 404 : 400);
});

test.each([
  ["currency=usd&product_data[name]=x", "parameter_missing", "unit_amount"],
  ["currency=usd&product_data[name]=x&unit_amount=1.5", "parameter_invalid_integer", "unit_amount"],
  ["currency=usd&product_data[name]=x&unit_amount=-1", "parameter_invalid_integer", "unit_amount"],
  ["currency=usd&product_data[name]=x&unit_amount=100000000", "parameter_invalid_integer", "unit_amount"],
  ["currency=usd&product_data[name]=x&unit_amount=", "parameter_invalid_empty", "unit_amount"],
  ["currency=euros&product_data[name]=x&unit_amount=1", undefined, "currency"],
  ["currency=usd&product=prod_none&unit_amount=1", "resource_missing", "product"],
  ["currency=usd&product_data[name]=x&unit_amount=1&recurring[interval]=decade", undefined, "recurring[interval]"],
])("POST /v1/prices with %s is refused", async (body, code, param) => {
  const { json } = await call("POST", "/v1/prices", body);
  expect(json).toMatchObject({ error: { param, ...(code === undefined ? {} : { code }) } });
});

test("zero- and three-decimal currencies keep their smallest unit", async () => {
  const yen = await makePrice(bench.stripe, { currency: "JPY", unit_amount: 1000 });
  const dinar = await makePrice(bench.stripe, { currency: "kwd", unit_amount: 1000 });
  expect([yen.currency, yen.unit_amount, dinar.unit_amount]).toEqual(["jpy", 1000, 1000]);
});

test("an id that names nothing is a resource_missing error of the SDK", async () => {
  const attempt = bench.stripe.subscriptions.retrieve("sub_none");
  await expect(attempt).rejects.toThrow(Stripe.errors.StripeInvalidRequestError);
  await expect(attempt).rejects.toMatchObject({ statusCode: 404, code: "resource_missing" });
});

test("an unknown route answers a JSON 404", async () => {
  const answer = await call("GET", "/v1/nothing");
  expect(answer.status).toBe(404);
  expect(answer.json).toMatchObject({ error: { type: "invalid_request_error" } });
});

test("a body over a megabyte and a path that cannot be decoded are the client's mistakes", async () => {
  expect((await call("POST", "/v1/customers", `description=${"x".repeat(1_100_000)}`)).status).toBe(413);
  expect((await call("GET", "/v1/customers/%E0%A4%A")).status).toBe(400);
});

test("the same idempotency key with the same parameters answers the same object and makes one", async () => {
  const params = { email: "once@example.com" };
  const first = await bench.stripe.customers.create(params, { idempotencyKey: "key-1" });
  const second = await bench.stripe.customers.create(params, { idempotencyKey: "key-1" });
  expect(second.id).toBe(first.id);
  expect(second.lastResponse.headers["idempotent-replayed"]).toBe("true");
  expect((await bench.stripe.customers.list({ email: "once@example.com" })).data).toHaveLength(1);
});

test("the same idempotency key with other parameters is an idempotency_error", async () => {
  await bench.stripe.customers.create({ name: "A" }, { idempotencyKey: "key-2" });
  await expect(bench.stripe.customers.create({ name: "B" }, { idempotencyKey: "key-2" })).rejects.toMatchObject({
    statusCode: 400,
    type: "StripeIdempotencyError",
  });
});

test("a refused request does not use its idempotency key up", async () => {
  const refused = await call("POST", "/v1/customers", "nonsense=1", { "idempotency-key": "key-3" });
  expect(refused.status).toBe(400);
  const accepted = await call("POST", "/v1/customers", "name=fine", { "idempotency-key": "key-3" });
  expect(accepted.status).toBe(200);
});

test("production, live keys and malformed keys stop the start with what to do", async () => {
  expect(() => checkOptions({}, { NODE_ENV: "production" })).toThrow("does not run with NODE_ENV=production");
  await expect(startStripe({ secretKey: "sk_live_abcdefghij" })).rejects.toThrow("does not take a live key");
  await expect(startStripe({ secretKey: "nonsense" })).rejects.toThrow("sk_test_");
});

test("a taken port moves to the next free one", async () => {
  const { port } = new URL(bench.local.url);
  const second = await startStripe({ port: Number(port) });
  expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(port));
  expect(await sdkFor(second).customers.list()).toMatchObject({ data: [] });
  await second.stop();
});
