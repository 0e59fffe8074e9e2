import { z } from "zod";
import type { Ctx } from "../context.ts";
import { cancelSubscription } from "../engine/cancel-subscription.ts";
import { periodOf } from "../engine/renew.ts";
import { applyPhase, releaseSchedule } from "../engine/schedules.ts";
import { create, update } from "../events/record.ts";
import { listObjects } from "../http/page.ts";
import { created, flag, mergeMetadata, metadata, paging, text } from "../http/params.ts";
import { noParams, route, type Route } from "../http/route.ts";
import { newId } from "../ids.ts";
import type { Subscription, SubscriptionSchedule } from "../model/billing.ts";
import { invalidRequest } from "../stripe-error.ts";
import { PhaseParams, phasesOf } from "./schedule-phases.ts";

const ScheduleCreate = z.strictObject({ from_subscription: text(), metadata: metadata().optional() });
const ScheduleUpdate = z.strictObject({
  end_behavior: z.enum(["cancel", "release"]).optional(),
  metadata: metadata().optional(),
  phases: z.array(PhaseParams).min(1).max(10).optional(),
  proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
});

/** Schedules of a running subscription: create, read, change, release, cancel, list. */
export const subscriptionScheduleRoutes: Route[] = [
  route("POST", "/v1/subscription_schedules", ScheduleCreate, (ctx, params) => createSchedule(ctx, params)),
  route("GET", "/v1/subscription_schedules/:id", noParams, (ctx, _params, id) =>
    ctx.store.get("subscription_schedule", id),
  ),
  route("POST", "/v1/subscription_schedules/:id", ScheduleUpdate, updateSchedule),
  route(
    "POST",
    "/v1/subscription_schedules/:id/release",
    z.strictObject({ preserve_cancel_date: flag().optional() }),
    (ctx, _params, id) => {
      const { schedule, subscription } = running(ctx, id);
      return releaseSchedule(ctx, schedule, subscription);
    },
  ),
  route("POST", "/v1/subscription_schedules/:id/cancel", noParams, (ctx, _params, id) => {
    cancelSubscription(ctx, running(ctx, id).subscription, { reason: "cancellation_requested" });
    return ctx.store.get("subscription_schedule", id);
  }),
  route(
    "GET",
    "/v1/subscription_schedules",
    z.strictObject({ ...paging, created: created(), customer: text().optional() }),
    (ctx, params) =>
      listObjects(
        ctx,
        "subscription_schedule",
        { customer: params.customer },
        { paging: params, created: params.created, url: "/v1/subscription_schedules" },
      ),
  ),
];

/** Errors: 400 when the subscription has ended or has a schedule already. */
function createSchedule(ctx: Ctx, params: z.output<typeof ScheduleCreate>): SubscriptionSchedule {
  const subscription = ctx.store.get("subscription", params.from_subscription, "from_subscription");
  if (subscription.schedule !== null || subscription.ended_at !== null) {
    throw invalidRequest("You cannot migrate a subscription that has ended or is already attached to a schedule.", {
      param: "from_subscription",
    });
  }
  const schedule = scheduleOf(ctx, subscription, mergeMetadata({}, params.metadata));
  create(ctx, schedule, "subscription_schedule.created");
  update(ctx, subscription, { ...subscription, schedule: schedule.id }, "customer.subscription.updated");
  return schedule;
}

function scheduleOf(ctx: Ctx, subscription: Subscription, data: Record<string, string>): SubscriptionSchedule {
  const period = periodOf(subscription);
  const items = subscription.items.data.map((item) => ({ price: item.price.id, quantity: item.quantity ?? 1 }));
  return {
    id: newId("sub_sched"),
    object: "subscription_schedule",
    application: null,
    billing_mode: subscription.billing_mode,
    canceled_at: null,
    completed_at: null,
    created: ctx.now,
    current_phase: { end_date: period.end, start_date: period.start },
    customer: subscription.customer,
    customer_account: null,
    default_settings: defaultSettings(),
    end_behavior: "release",
    livemode: false,
    metadata: data,
    pause_schedules: [],
    phases: phasesOf(ctx, period.start, subscription.currency, [{ items, end_date: period.end }]),
    released_at: null,
    released_subscription: null,
    status: "active",
    subscription: subscription.id,
    test_clock: null,
  };
}

function defaultSettings(): SubscriptionSchedule["default_settings"] {
  return {
    application_fee_percent: null,
    billing_cycle_anchor: "automatic",
    billing_thresholds: null,
    collection_method: "charge_automatically",
    default_payment_method: null,
    description: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    on_behalf_of: null,
    transfer_data: null,
  };
}

/** New phases replace the old ones; they must begin where the current one began. Changed items of the current phase apply now. */
function updateSchedule(ctx: Ctx, params: z.output<typeof ScheduleUpdate>, id: string): SubscriptionSchedule {
  const { schedule, subscription } = running(ctx, id);
  const start = schedule.current_phase?.start_date ?? schedule.created;
  const phases =
    params.phases === undefined ? schedule.phases : phasesOf(ctx, start, subscription.currency, params.phases);
  const current = phases.find((phase) => phase.start_date <= ctx.now && phase.end_date > ctx.now);
  if (current === undefined) throw invalidRequest("No phase covers the present.", { param: "phases" });
  const after: SubscriptionSchedule = {
    ...schedule,
    current_phase: { end_date: current.end_date, start_date: current.start_date },
    end_behavior: params.end_behavior ?? schedule.end_behavior,
    metadata: mergeMetadata(schedule.metadata ?? {}, params.metadata),
    phases,
  };
  const saved = update(ctx, schedule, after, "subscription_schedule.updated");
  const wanted = current.items.map((item) => [item.price, item.quantity]);
  const has = subscription.items.data.map((item) => [item.price.id, item.quantity]);
  if (JSON.stringify(wanted) !== JSON.stringify(has)) {
    applyPhase(ctx, subscription, {
      ...current,
      proration_behavior: params.proration_behavior ?? current.proration_behavior,
    });
  }
  return saved;
}

/** The schedule and its subscription. Errors: 404; 400 when it is over. */
function running(ctx: Ctx, id: string): { schedule: SubscriptionSchedule; subscription: Subscription } {
  const schedule = ctx.store.get("subscription_schedule", id);
  if (schedule.status !== "active" || schedule.subscription === null) {
    throw invalidRequest(
      `You cannot change a subscription schedule that is currently in the \`${schedule.status}\` status.`,
    );
  }
  return { schedule, subscription: ctx.store.get("subscription", schedule.subscription) };
}
