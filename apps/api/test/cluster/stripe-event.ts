import Stripe from "stripe";
import type { Cluster } from "@turnpike/testing";
import type { Answer, Caller } from "./caller.ts";

/** A product that Stripe does not know: the worker reads it back, finds nothing and is done with it. */
export const goneProduct = { object: "product", id: "prod_gone" };

/** Delivers an event as Stripe does: signed, the payload only a hint of what to read. */
export function deliver(
  call: Caller,
  { webhookSecret }: Cluster,
  event: { id: string; type: string; object: object },
): Promise<Answer> {
  const payload = JSON.stringify({
    id: event.id,
    object: "event",
    type: event.type,
    created: 1_700_000_000,
    livemode: false,
    data: { object: event.object },
  });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
  return call.post("/api/webhooks/stripe", payload, { "stripe-signature": signature });
}
