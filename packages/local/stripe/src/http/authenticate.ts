import { timingSafeEqual } from "node:crypto";
import { StripeError } from "../stripe-error.ts";

/**
 * Accepts this server's secret key as Bearer token or as the user name of Basic authentication, as Stripe does.
 * Errors: 401 otherwise; a live key is refused by name, because it must never leave its owner's machine.
 */
export function authenticate(authorization: string | undefined, secretKey: string): void {
  const key = keyOf(authorization ?? "");
  if (key === "") {
    throw new StripeError(
      401,
      "invalid_request_error",
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^(sk|rk)_live/.test(key)) {
    throw new StripeError(401, "invalid_request_error", "This is a local Stripe; it does not take live keys.");
  }
  const given = Buffer.from(key);
  const wanted = Buffer.from(secretKey);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new StripeError(401, "invalid_request_error", `Invalid API Key provided: ${key.slice(0, 8)}****`);
}

function keyOf(authorization: string): string {
  const [scheme = "", value = ""] = authorization.split(" ");
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return "";
  return Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? "";
}
