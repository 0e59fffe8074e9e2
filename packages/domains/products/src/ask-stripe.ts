import Stripe from "stripe";
import { coreErrors, storable } from "@turnpike/core";

/**
 * Waits for an answer of Stripe and says `unavailable` where a later repeat may succeed: no connection, an error on
 * Stripe's side, too many requests, a key of ours that an operator has to mend. What Stripe refuses is thrown as it is.
 * The answer is made `storable`: all that we write of Stripe's objects comes through here.
 * Errors: core.unavailable with `retryAfterSec`.
 */
export async function askStripe<T>(answer: Promise<T>): Promise<T> {
  try {
    return storable(await answer);
  } catch (error) {
    if (isPassing(error)) throw coreErrors.unavailable({ vendor: "stripe" }, { cause: error, retryAfterSec: 5 });
    throw error;
  }
}

/** The answer, or null when Stripe has no object of that id. Errors: core.unavailable. */
export async function findAtStripe<T extends object>(answer: Promise<T>): Promise<T | null> {
  try {
    const found = await askStripe(answer);
    return "deleted" in found && found.deleted === true ? null : found;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether Stripe said that an object does not exist; with `param`, that it is the one this parameter names. */
export function isMissing(error: unknown, param?: string): boolean {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  return error.code === "resource_missing" && (param === undefined || error.param === param);
}

const passingErrors = [
  Stripe.errors.StripeConnectionError,
  Stripe.errors.StripeRateLimitError,
  Stripe.errors.StripeAuthenticationError,
  Stripe.errors.StripePermissionError,
];

function isPassing(error: unknown): boolean {
  if (passingErrors.some((type) => error instanceof type)) return true;
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  // 409: another request with the same idempotency key is still under way.
  return error.statusCode === 409 || (error.statusCode ?? 0) >= 500;
}
