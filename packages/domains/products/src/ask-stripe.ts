import Stripe from "stripe";
import { coreErrors, storable } from "@turnpike/core";

/**
 * Waits for an answer of Stripe and says `unavailable` where a later repeat may succeed: no connection, an error on
 * Stripe's side, an answer that is not Stripe's, too many requests, a key of ours that an operator has to mend. What
 * Stripe refuses is thrown as it is. The answer is made `storable`: all that we write of Stripe's objects comes through
 * here.
 * Errors: core.unavailable with `retryAfterSec`.
 */
export async function askStripe<T>(answer: Promise<T>): Promise<T> {
  try {
    return storable(await answer);
  } catch (error) {
    if (!isOutage(error)) throw error;
    throw coreErrors.unavailable({ vendor: "stripe" }, { cause: error, retryAfterSec: 5 });
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

// StripeAPIError is also 409, another request with the same idempotency key still under way, and a page that is no JSON.
// A wrong key is nothing that the caller could mend: operators do, and until then the same call may be tried again.
const passingErrors = [
  Stripe.errors.StripeConnectionError,
  Stripe.errors.StripeAPIError,
  Stripe.errors.StripeRateLimitError,
  Stripe.errors.StripeAuthenticationError,
  Stripe.errors.StripePermissionError,
];

/** Whether a failure of a call to Stripe says nothing of the call itself, so that the same one may succeed later. */
function isOutage(error: unknown): boolean {
  return passingErrors.some((type) => error instanceof type);
}
