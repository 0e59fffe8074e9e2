import { createHmac } from "node:crypto";

/**
 * The `Stripe-Signature` header for `body`: `t` in unix seconds of wall time (a receiver compares it with its own clock)
 * and `v1`, the HMAC-SHA256 of `t.body`. Source: docs.stripe.com/webhooks#verify-manually.
 */
export function signatureHeader(body: string, secret: string, wallSec: number): string {
  const signature = createHmac("sha256", secret).update(`${wallSec}.${body}`, "utf8").digest("hex");
  return `t=${wallSec},v1=${signature}`;
}
