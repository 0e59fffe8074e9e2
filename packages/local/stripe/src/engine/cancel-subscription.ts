import type { Ctx } from "../context.ts";
import { emit } from "../events/record.ts";
import type { Subscription } from "../model/billing.ts";

/** Why a subscription ends; `feedback` and `comment` are the customer's. */
export interface CancelReason {
  reason: "cancellation_requested" | "payment_failed" | "payment_disputed";
  feedback?: string | null;
  comment?: string | null;
}

/**
 * Ends a subscription now: terminal, its unpaid invoices are no longer collected by themselves, its pending items stay.
 * Emits `customer.subscription.deleted`.
 */
export function cancelSubscription(ctx: Ctx, subscription: Subscription, why: CancelReason): Subscription {
  const ended: Subscription = {
    ...subscription,
    status: "canceled",
    canceled_at: subscription.canceled_at ?? ctx.now,
    ended_at: ctx.now,
    cancellation_details: {
      comment: why.comment ?? subscription.cancellation_details?.comment ?? null,
      feedback: why.feedback ?? subscription.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason: subscription.cancellation_details?.reason ?? why.reason,
    },
    pause_collection: null,
    pending_update: null,
    discounts: [],
  };
  ctx.store.put(ended, ctx.now);
  stopCollecting(ctx, subscription.id);
  endSchedule(ctx, subscription);
  endDiscounts(ctx, subscription);
  emit(ctx, "customer.subscription.deleted", ended);
  return ended;
}

function stopCollecting(ctx: Ctx, subscriptionId: string): void {
  const invoices = ctx.store.all("invoice", { "parent.subscription_details.subscription": subscriptionId });
  for (const invoice of invoices) {
    if (invoice.status !== "open" && invoice.status !== "draft") continue;
    ctx.store.put(
      { ...invoice, auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null },
      ctx.now,
    );
  }
}

/** A schedule cannot outlive its subscription. Emits `subscription_schedule.canceled`. */
function endSchedule(ctx: Ctx, subscription: Subscription): void {
  const schedule =
    subscription.schedule === null ? null : ctx.store.find("subscription_schedule", subscription.schedule);
  if (schedule === null || (schedule.status !== "active" && schedule.status !== "not_started")) return;
  const canceled = { ...schedule, canceled_at: ctx.now, current_phase: null, status: "canceled" };
  ctx.store.put(canceled, ctx.now);
  emit(ctx, "subscription_schedule.canceled", canceled);
}

function endDiscounts(ctx: Ctx, subscription: Subscription): void {
  for (const id of subscription.discounts) {
    const discount = ctx.store.find("discount", id);
    if (discount === null) continue;
    const ended = { ...discount, end: ctx.now };
    ctx.store.put(ended, ctx.now);
    emit(ctx, "customer.discount.deleted", ended);
  }
}
