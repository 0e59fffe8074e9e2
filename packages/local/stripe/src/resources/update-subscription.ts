import type { Ctx } from "../context.ts";
import { changeItems } from "../engine/change-items.ts";
import { announceDiscounts, redeem } from "../engine/promotion.ts";
import { periodOf, renewSubscription } from "../engine/renew.ts";
import { update } from "../events/record.ts";
import { mergeMetadata } from "../http/params.ts";
import type { Subscription } from "../model/billing.ts";
import { invalidRequest } from "../stripe-error.ts";
import { itemRequests } from "./item-requests.ts";
import type { SubscriptionUpdate } from "./subscription-params.ts";
import { settingsOf } from "./subscription-settings.ts";

/**
 * Changes a running subscription. Everything but items goes in one step and one event; a change of items follows with its
 * prorations (`changeItems`); ending the trial now renews it. Errors: contradicting parameters, times in the past.
 */
export function updateSubscription(ctx: Ctx, before: Subscription, params: SubscriptionUpdate): Subscription {
  const touchesEnd = params.cancel_at !== undefined || params.cancel_at_period_end !== undefined;
  if (before.schedule !== null && touchesEnd) {
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${before.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
    );
  }
  const settings = {
    ...before,
    ...cancellationOf(ctx, before, params),
    ...settingsOf(before, params),
    ...plainOf(ctx, before, params),
    ...trialOf(ctx, before, params),
  };
  const discounts =
    params.discounts === undefined
      ? null
      : (params.discounts ?? []).map((request) =>
          redeem(ctx, request, { customer: before.customer, subscription: before.id, session: null }),
        );
  const changed: Subscription =
    discounts === null ? settings : { ...settings, discounts: discounts.map((discount) => discount.id) };
  if (params.items !== undefined) {
    changeItems(ctx, before, changed, itemRequests(ctx, params.items), {
      prorationBehavior: params.proration_behavior ?? "create_prorations",
      prorationDate: params.proration_date ?? ctx.now,
      paymentBehavior: params.payment_behavior ?? "allow_incomplete",
      restartsPeriod: params.billing_cycle_anchor?.type === "now",
    });
  } else {
    update(ctx, before, changed, "customer.subscription.updated");
  }
  announceDiscounts(ctx, discounts ?? []);
  if (params.trial_end === "now" && before.status === "trialing")
    renewSubscription(ctx, ctx.store.get("subscription", before.id));
  return ctx.store.get("subscription", before.id);
}

function cancellationOf(ctx: Ctx, before: Subscription, params: SubscriptionUpdate): Partial<Subscription> {
  if (params.cancel_at !== undefined && params.cancel_at_period_end === true) {
    throw invalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.");
  }
  const details = params.cancellation_details;
  const given = { comment: details?.comment ?? null, feedback: details?.feedback ?? null, feedback_option: null };
  const scheduled = {
    canceled_at: before.canceled_at ?? ctx.now,
    cancellation_details: { ...given, reason: "cancellation_requested" },
  };
  const undone = {
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { ...given, reason: null },
  };
  if (params.cancel_at_period_end === true)
    return { ...scheduled, cancel_at_period_end: true, cancel_at: periodOf(before).end };
  if (params.cancel_at === null) return undone;
  if (params.cancel_at !== undefined) {
    const cancelAt = typeof params.cancel_at === "number" ? params.cancel_at : periodOf(before).end;
    if (cancelAt <= ctx.now) throw invalidRequest("`cancel_at` must be in the future.", { param: "cancel_at" });
    return { ...scheduled, cancel_at: cancelAt, cancel_at_period_end: false };
  }
  if (params.cancel_at_period_end === false && before.cancel_at_period_end) return undone;
  if (details === undefined) return {};
  return { cancellation_details: { ...given, reason: before.cancellation_details?.reason ?? null } };
}

function plainOf(ctx: Ctx, before: Subscription, params: SubscriptionUpdate): Partial<Subscription> {
  const change: Partial<Subscription> = { metadata: mergeMetadata(before.metadata, params.metadata) };
  if (params.description !== undefined) change.description = params.description;
  if (params.trial_settings !== undefined) {
    const { missing_payment_method: missing } = params.trial_settings.end_behavior;
    change.trial_settings = { end_behavior: { billing_cycle_anchor: null, missing_payment_method: missing } };
  }
  if (params.default_payment_method !== undefined) {
    const id = params.default_payment_method;
    if (id !== null) ctx.store.get("payment_method", id, "default_payment_method");
    change.default_payment_method = id;
  }
  if (params.pause_collection !== undefined) {
    const pause = params.pause_collection;
    change.pause_collection =
      pause === null ? null : { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null };
  }
  return change;
}

/** A trial that is moved moves the period and the anchor with it. "now" is done by a renewal afterwards. */
function trialOf(ctx: Ctx, before: Subscription, params: SubscriptionUpdate): Partial<Subscription> {
  const { trial_end: trialEnd } = params;
  if (trialEnd === undefined) return {};
  if (trialEnd === "now") {
    if (before.status !== "trialing") return {};
    return { ...movedTo(before, ctx.now), trial_end: ctx.now, billing_cycle_anchor: ctx.now };
  }
  if (trialEnd <= ctx.now)
    throw invalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future.", { param: "trial_end" });
  return {
    ...movedTo(before, trialEnd),
    billing_cycle_anchor: trialEnd,
    status: "trialing",
    trial_end: trialEnd,
    trial_start: before.status === "trialing" ? before.trial_start : ctx.now,
  };
}

function movedTo(before: Subscription, end: number): Pick<Subscription, "items"> {
  const data = before.items.data.map((item) => ({ ...item, current_period_end: end }));
  return { items: { ...before.items, data } };
}
