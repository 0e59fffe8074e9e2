import Stripe from "stripe";
import type { Env } from "@turnpike/core";

/** The Stripe client. `STRIPE_API_BASE` points it at another server that speaks Stripe's API. */
export function createStripeClient(env: Pick<Env, "STRIPE_SECRET_KEY" | "STRIPE_API_BASE">): Stripe {
  const options = { maxNetworkRetries: 2, timeout: 20_000, telemetry: false };
  if (!env.STRIPE_API_BASE) return new Stripe(env.STRIPE_SECRET_KEY, options);
  const { protocol, hostname, port } = new URL(env.STRIPE_API_BASE);
  const isHttp = protocol === "http:";
  return new Stripe(env.STRIPE_SECRET_KEY, {
    ...options,
    host: hostname,
    port: port === "" ? (isHttp ? 80 : 443) : Number(port),
    protocol: isHttp ? "http" : "https",
  });
}
