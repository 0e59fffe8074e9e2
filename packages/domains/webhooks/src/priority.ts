import type { StripeEnvelope } from "./stripe-envelope.ts";

/**
 * How soon an event's job runs among those that wait: the higher first, then the older. What is worked off again (after a
 * failure, a crash, by an operator) is `caused`, whatever it was at first: it has waited once already.
 */
export const priorities = { awaited: 2, caused: 1, automatic: 0 } as const;

/** Somebody who has just paid waits before a screen for what these open. */
const awaitedTypes = new Set([
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "customer.subscription.created",
]);

/**
 * Puts what somebody did before what Stripe does by itself, such as the renewals of a whole day at once.
 * `request.id` is null on the latter. Source: https://docs.stripe.com/api/events/object#event_object-request.
 */
export function priorityOf({ type, request }: Pick<StripeEnvelope, "type" | "request">): number {
  if (awaitedTypes.has(type)) return priorities.awaited;
  return typeof request?.id === "string" ? priorities.caused : priorities.automatic;
}
