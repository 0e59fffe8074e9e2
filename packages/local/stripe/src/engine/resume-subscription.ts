import type { Ctx } from "../context.ts";
import { create, emit, update } from "../events/record.ts";
import type { Subscription } from "../model/billing.ts";
import { invalidRequest } from "../stripe-error.ts";
import { cycleOf } from "./build-subscription.ts";
import { collectInvoice, finalizeInvoice } from "./invoices.ts";
import { nextPeriodEnd } from "./period.ts";
import { buildWithPending, cycleLines, withPeriod } from "./renew.ts";

/**
 * Brings a paused subscription back: a new period begins now and its invoice is collected at once; a failure leaves it past due.
 * Emits `customer.subscription.updated`, `customer.subscription.resumed`. Errors: 400 when it is not paused.
 */
export function resumeSubscription(ctx: Ctx, subscription: Subscription): Subscription {
  if (subscription.status !== "paused") {
    throw invalidRequest(
      `You can only resume subscriptions that are paused. This subscription is ${subscription.status}.`,
    );
  }
  const [item] = subscription.items.data;
  if (item === undefined) throw invalidRequest("The subscription has no items.");
  const period = { start: ctx.now, end: nextPeriodEnd(ctx.now, ctx.now, cycleOf(item.price)) };
  const renewed: Subscription = {
    ...withPeriod(subscription, period),
    billing_cycle_anchor: ctx.now,
    status: "active",
  };
  const invoice = buildWithPending(ctx, {
    subscription: renewed,
    lines: cycleLines(ctx, renewed),
    reason: "subscription_cycle",
    period: { start: ctx.now, end: ctx.now },
    finalizesAt: ctx.now,
  });
  create(ctx, invoice, "invoice.created");
  const resumed = update(
    ctx,
    subscription,
    { ...renewed, latest_invoice: invoice.id },
    "customer.subscription.updated",
  );
  emit(ctx, "customer.subscription.resumed", resumed);
  collectInvoice(ctx, finalizeInvoice(ctx, invoice), "later");
  return ctx.store.get("subscription", subscription.id);
}
