import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probeStripe } from "../src/health/probe-stripe.ts";
import type { StripeStub } from "./stripe-stub.ts";
import { startStripeStub } from "./stripe-stub.ts";

let stub: StripeStub;
beforeAll(async () => {
  stub = await startStripeStub(200);
});
afterAll(() => stub.close());

function probe(): Promise<void> {
  const { hostname, port } = new URL(stub.url);
  const stripe = new Stripe("rk_test_limited", { host: hostname, port: Number(port), protocol: "http" });
  return probeStripe(stripe, 500);
}

test.each([
  ["a list", 200],
  ["that the key may not read products", 403],
  ["that there were too many requests", 429],
])("Stripe that answers %s is there, and was asked once", async (_name, status) => {
  Object.assign(stub, { asked: [], answer: status });
  await probe();
  expect(stub.asked).toEqual(["/v1/products?limit=1"]);
});

test.each([
  ["does not know the key", 401, Stripe.errors.StripeAuthenticationError],
  ["has a failure of its own", 500, Stripe.errors.StripeAPIError],
  ["does not answer in time", "never" as const, Stripe.errors.StripeConnectionError],
])("Stripe that %s is not, and was asked once", async (_name, answer, error) => {
  Object.assign(stub, { asked: [], answer });
  await expect(probe()).rejects.toThrow(error);
  expect(stub.asked).toHaveLength(1);
});
