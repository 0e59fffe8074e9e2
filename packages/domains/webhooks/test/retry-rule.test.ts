import Stripe from "stripe";
import { expect, test } from "vitest";
import { coreErrors, DeadlineError } from "@turnpike/core";
import { failureKindOf } from "../src/failure-kind.ts";
import { retryDelaySec } from "../src/retry-rule.ts";

test("delays double from one second up to a quarter of an hour", () => {
  const delays = [1, 2, 3, 4, 10, 11, 12, 299].map((attempts) => retryDelaySec({ attempts, faults: 0 }, 0.5));
  expect(delays).toEqual([1, 2, 4, 8, 512, 900, 900, 900]);
});

test("delays are spread by a fifth to both sides", () => {
  expect(retryDelaySec({ attempts: 11, faults: 1 }, 0)).toBeCloseTo(720);
  expect(retryDelaySec({ attempts: 11, faults: 1 }, 0.999_999)).toBeCloseTo(1080, 2);
});

test("the eighth fault is final, and so is the three-hundredth attempt", () => {
  expect(retryDelaySec({ attempts: 7, faults: 7 }, 0)).not.toBeNull();
  expect(retryDelaySec({ attempts: 8, faults: 8 }, 0)).toBeNull();
  expect(retryDelaySec({ attempts: 299, faults: 0 }, 0)).not.toBeNull();
  expect(retryDelaySec({ attempts: 300, faults: 0 }, 0)).toBeNull();
});

test("what passes by itself is an outage, everything else a fault", () => {
  const { errors } = Stripe;
  const outages = [
    new errors.StripeConnectionError({ type: "api_error", message: "no answer" }),
    new errors.StripeAPIError({ type: "api_error", message: "500" }),
    new errors.StripeRateLimitError({ type: "invalid_request_error", message: "429" }),
    new errors.StripeAuthenticationError({ type: "invalid_request_error", message: "key" }),
    Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("deadlock detected"), { code: "40P01" }),
    new DeadlineError(1),
    coreErrors.unavailable({ vendor: "stripe" }),
  ];
  const faults = [
    new errors.StripeInvalidRequestError({ type: "invalid_request_error", message: "no such thing" }),
    Object.assign(new Error("violates check constraint"), { code: "23514" }),
    new TypeError("undefined is not a function"),
    coreErrors.invalid_input(),
    "a string",
  ];
  expect(outages.map(failureKindOf)).toEqual(outages.map(() => "outage"));
  expect(faults.map(failureKindOf)).toEqual(faults.map(() => "fault"));
});
