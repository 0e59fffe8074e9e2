import type { Ctx } from "../context.ts";
import { update } from "../events/record.ts";
import type { Subscription } from "../model/billing.ts";
import { setDefaultCard } from "./payment-methods.ts";
import { periodOf } from "./renew.ts";

/**
 * What the portal does when a customer cancels: under flexible billing it sets `cancel_at` to the period's end and leaves
 * `cancel_at_period_end` false. Source: docs.stripe.com/billing/subscriptions/billing-mode.
 */
export function scheduleCancel(ctx: Ctx, subscription: Subscription, feedback: string | null): Subscription {
  if (subscription.cancel_at !== null) return subscription;
  const details = { comment: null, feedback, feedback_option: null, reason: "cancellation_requested" };
  return update(
    ctx,
    subscription,
    { ...subscription, cancel_at: periodOf(subscription).end, canceled_at: ctx.now, cancellation_details: details },
    "customer.subscription.updated",
  );
}

/** Takes a scheduled cancel back, whichever way it was set. */
export function undoCancel(ctx: Ctx, subscription: Subscription): Subscription {
  return update(
    ctx,
    subscription,
    {
      ...subscription,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    },
    "customer.subscription.updated",
  );
}

/** Makes an attached card the one that everything of the customer is charged to. */
export function useCard(ctx: Ctx, customerId: string, paymentMethodId: string): void {
  setDefaultCard(ctx, ctx.store.get("customer", customerId), paymentMethodId);
  for (const subscription of ctx.store.all("subscription", { customer: customerId })) {
    if (subscription.ended_at !== null || subscription.default_payment_method === null) continue;
    update(
      ctx,
      subscription,
      { ...subscription, default_payment_method: paymentMethodId },
      "customer.subscription.updated",
    );
  }
}
