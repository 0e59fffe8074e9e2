import Stripe from "stripe";
import { askStripe } from "../ask-stripe.ts";
import { errors } from "../errors.ts";

/**
 * Waits for a write at Stripe that an operator asked for, and tells what Stripe refuses, with the parameter it names.
 * Errors: products.refused_by_stripe, core.unavailable.
 */
export async function writeStripe<T>(answer: Promise<T>): Promise<T> {
  try {
    return await askStripe(answer);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    throw errors.refused_by_stripe(
      { code: error.code, param: error.param },
      { cause: error, fieldIssues: [{ path: error.param ?? "", message: error.message }] },
    );
  }
}
