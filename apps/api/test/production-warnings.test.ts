import { expect, test } from "vitest";
import { productionWarnings } from "../src/production-warnings.ts";

const own = { NODE_ENV: "production", STRIPE_SECRET_KEY: "sk_live_1", FRONTEND_URL: "https://app.test" } as const;

test("production says that it runs on Stripe's test mode, or with a frontend on the reader's own machine", () => {
  expect(productionWarnings(own)).toEqual([]);
  expect(productionWarnings({ ...own, STRIPE_SECRET_KEY: "rk_test_1" })).toEqual(["stripe.test_mode"]);
  expect(productionWarnings({ ...own, FRONTEND_URL: "http://localhost:3000" })).toEqual(["server.frontend_is_local"]);
});

test("anywhere else both are usual, and nothing is said", () => {
  const local = {
    NODE_ENV: "development",
    STRIPE_SECRET_KEY: "sk_test_1",
    FRONTEND_URL: "http://localhost:3000",
  } as const;
  expect(productionWarnings(local)).toEqual([]);
});
