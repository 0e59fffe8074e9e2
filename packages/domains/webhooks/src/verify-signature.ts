import type Stripe from "stripe";
import { errors } from "./errors.ts";

const toleranceSec = 300;

/**
 * Checks a `stripe-signature` header over the raw bytes against every secret (old and new while one is rotated), and
 * its time on both sides of our clock: the SDK refuses only the past. `wallNow` is wall time, never business time.
 * Errors: webhooks.signature_invalid, webhooks.timestamp_out_of_range. Source: https://docs.stripe.com/webhooks/signature.
 */
export function verifySignature(
  webhooks: Stripe["webhooks"],
  signed: { body: Buffer; header: string | undefined },
  secrets: readonly string[],
  wallNow: Date,
): void {
  const { body, header } = signed;
  if (header === undefined || body.length === 0) throw errors.signature_invalid({ reason: "missing" });
  if (!secrets.some((secret) => isSignedWith(webhooks, body, header, secret))) {
    throw errors.signature_invalid({ reason: "no_match" });
  }
  const skewSec = Math.abs(wallNow.getTime() / 1000 - signedAtOf(header));
  // A time that is no number compares false as well.
  if (!(skewSec <= toleranceSec)) throw errors.timestamp_out_of_range({ skewSec });
}

function isSignedWith(webhooks: Stripe["webhooks"], body: Buffer, header: string, secret: string): boolean {
  try {
    // The time is checked afterwards, on both sides; here no age is too great.
    return webhooks.signature?.verifyHeader(body, header, secret, Number.POSITIVE_INFINITY) ?? false;
  } catch {
    return false;
  }
}

/** The last `t=` of the header, as the SDK reads it; NaN when it is not digits alone. */
function signedAtOf(header: string): number {
  const last = header
    .split(",")
    .filter((part) => part.startsWith("t="))
    .at(-1);
  return /^t=\d{1,12}$/.test(last ?? "") ? Number(last?.slice(2)) : Number.NaN;
}
