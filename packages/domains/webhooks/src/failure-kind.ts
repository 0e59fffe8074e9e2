import Stripe from "stripe";
import { AppError, DeadlineError, isDatabaseDown } from "@turnpike/core";
import type { FailureKind } from "./retry-rule.ts";

// Deadlock, serialization, lock and statement time-outs: PostgreSQL asks for another try.
const passingSqlStates = new Set(["40001", "40P01", "55P03", "57014", "25P03"]);

// A wrong key is among them: an operator mends it, and until then no event is to blame.
const passingStripeErrors = [
  Stripe.errors.StripeConnectionError,
  Stripe.errors.StripeAPIError,
  Stripe.errors.StripeRateLimitError,
  Stripe.errors.StripeAuthenticationError,
  Stripe.errors.StripePermissionError,
];

/** Whether a failure passes by itself or lies in the event or our code. */
export function failureKindOf(error: unknown): FailureKind {
  const isPassing =
    error instanceof DeadlineError ||
    (error instanceof AppError && error.kind === "unavailable") ||
    passingStripeErrors.some((type) => error instanceof type) ||
    isDatabaseDown(error) ||
    (error instanceof Error && "code" in error && passingSqlStates.has(String(error.code)));
  return isPassing ? "outage" : "fault";
}

/** Whether Stripe said that it is asked too much. */
export function isRateLimit(error: unknown): boolean {
  if (error instanceof Stripe.errors.StripeRateLimitError) return true;
  return error instanceof Error && error.cause !== undefined && isRateLimit(error.cause);
}
