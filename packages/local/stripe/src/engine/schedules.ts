import type { Ctx } from "../context.ts";
import { emit, update } from "../events/record.ts";
import type { SchedulePhase, Subscription, SubscriptionSchedule } from "../model/billing.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { changeItems } from "./change-items.ts";
import { changedItems, intervalChanged, type ItemRequest } from "./changed-items.ts";
import { periodOf, renewSubscription } from "./renew.ts";

/**
 * The current phase of a schedule is over: the next one takes its place, or the schedule ends as it was told to.
 * Emits `subscription_schedule.updated`, `.released` or `.completed`, and what the change of items makes.
 */
export function endPhase(ctx: Ctx, schedule: SubscriptionSchedule): void {
  const subscription = ctx.store.find("subscription", schedule.subscription ?? "");
  if (subscription === null || subscription.ended_at !== null) return;
  const next = schedule.phases.find((phase) => phase.start_date === schedule.current_phase?.end_date);
  if (next === undefined) {
    finish(ctx, schedule, subscription);
    return;
  }
  const current = { start_date: next.start_date, end_date: next.end_date };
  applyPhase(ctx, subscription, next);
  update(ctx, schedule, { ...schedule, current_phase: current }, "subscription_schedule.updated");
}

/** Gives a subscription the items of a phase. At the end of a period that is one event with the renewal, as at Stripe. */
export function applyPhase(ctx: Ctx, subscription: Subscription, phase: SchedulePhase): void {
  const requests = requestsFor(ctx, subscription, phase);
  const data = changedItems(ctx, subscription, requests);
  const atPeriodEnd = periodOf(subscription).end <= ctx.now && !intervalChanged(subscription, data);
  if (atPeriodEnd) {
    renewSubscription(ctx, subscription, { ...subscription, items: { ...subscription.items, data } });
    return;
  }
  const asked = phase.proration_behavior;
  const prorates = periodOf(subscription).end > ctx.now && asked !== "none";
  changeItems(ctx, subscription, subscription, requests, {
    prorationBehavior: !prorates ? "none" : asked === "always_invoice" ? "always_invoice" : "create_prorations",
    prorationDate: ctx.now,
    paymentBehavior: "allow_incomplete",
    restartsPeriod: false,
  });
}

/** Lets the subscription go on without the schedule. Emits `subscription_schedule.released`, `customer.subscription.updated`. */
export function releaseSchedule(
  ctx: Ctx,
  schedule: SubscriptionSchedule,
  subscription: Subscription,
): SubscriptionSchedule {
  const released: SubscriptionSchedule = {
    ...schedule,
    current_phase: null,
    released_at: ctx.now,
    released_subscription: subscription.id,
    status: "released",
    subscription: null,
  };
  ctx.store.put(released, ctx.now);
  emit(ctx, "subscription_schedule.released", released);
  update(ctx, subscription, { ...subscription, schedule: null }, "customer.subscription.updated");
  return released;
}

function finish(ctx: Ctx, schedule: SubscriptionSchedule, subscription: Subscription): void {
  if (schedule.end_behavior !== "cancel") {
    releaseSchedule(ctx, schedule, subscription);
    return;
  }
  const completed: SubscriptionSchedule = {
    ...schedule,
    completed_at: ctx.now,
    current_phase: null,
    status: "completed",
  };
  ctx.store.put(completed, ctx.now);
  emit(ctx, "subscription_schedule.completed", completed);
  cancelSubscription(ctx, subscription, { reason: "cancellation_requested" });
}

/** Items are matched by their place: the first of the phase becomes the first of the subscription. */
function requestsFor(ctx: Ctx, subscription: Subscription, phase: SchedulePhase): ItemRequest[] {
  const existing = subscription.items.data;
  const changed = phase.items.map((item, index): ItemRequest => {
    const price = ctx.store.get("price", item.price);
    return { id: existing[index]?.id, price, quantity: item.quantity };
  });
  const gone = existing.slice(phase.items.length).map((item): ItemRequest => ({ id: item.id, deleted: true }));
  return [...changed, ...gone];
}
