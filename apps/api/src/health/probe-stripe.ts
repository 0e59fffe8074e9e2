import Stripe from "stripe";

/**
 * Asks Stripe for one product: a read that costs nothing, and that our keys are allowed anyway. Any answer will do, a
 * refused permission or a spent rate limit included.
 * Errors: no answer within `timeoutMs` milliseconds, a failure of Stripe's own, a key that it does not know (any more).
 */
export async function probeStripe(stripe: Stripe, timeoutMs: number): Promise<void> {
  try {
    await stripe.products.list({ limit: 1 }, { timeout: timeoutMs, maxNetworkRetries: 0 });
  } catch (error) {
    if (isOutage(error)) throw error;
  }
}

function isOutage(error: unknown): boolean {
  const { StripeAuthenticationError, StripeConnectionError, StripeError } = Stripe.errors;
  if (!(error instanceof StripeError)) return true;
  const isTheirs = error.statusCode !== undefined && error.statusCode >= 500;
  return isTheirs || error instanceof StripeConnectionError || error instanceof StripeAuthenticationError;
}
