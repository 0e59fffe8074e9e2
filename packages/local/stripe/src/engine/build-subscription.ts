import type { Ctx } from "../context.ts";
import { newId } from "../ids.ts";
import type { Plan, Price, Subscription, SubscriptionItem } from "../model/billing.ts";
import type { Metadata } from "../model/stored.ts";
import { invalidRequest } from "../stripe-error.ts";
import { nextPeriodEnd } from "./period.ts";

/** What a subscription is made from. Times are unix seconds; `trialEnd` null: no trial. */
export interface SubscriptionRequest {
  customerId: string;
  items: readonly { price: Price; quantity: number; metadata?: Metadata }[];
  trialEnd: number | null;
  metadata: Metadata;
  defaultPaymentMethod: string | null;
  description?: string | null;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause";
  discounts?: string[];
}

/** A subscription that is trialing or active from now on. Nothing is stored. Errors: prices that cannot go together. */
export function buildSubscription(ctx: Ctx, request: SubscriptionRequest): Subscription {
  const id = newId("sub");
  const [first] = request.items;
  if (first === undefined)
    throw invalidRequest("Missing required param: items.", { code: "parameter_missing", param: "items" });
  for (const item of request.items) checkPrice(item.price, first.price);
  const { trialEnd } = request;
  const cycle = cycleOf(first.price);
  const period = { start: ctx.now, end: trialEnd ?? nextPeriodEnd(ctx.now, ctx.now, cycle) };
  const items = request.items.map((item) => newItem(ctx, id, item, period));
  return {
    ...plainParts(),
    id,
    object: "subscription",
    billing_cycle_anchor: trialEnd ?? ctx.now,
    created: ctx.now,
    currency: first.price.currency,
    customer: request.customerId,
    default_payment_method: request.defaultPaymentMethod,
    description: request.description ?? null,
    discounts: request.discounts ?? [],
    items: { object: "list", data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    livemode: false,
    metadata: request.metadata,
    start_date: ctx.now,
    status: trialEnd === null ? "active" : "trialing",
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: request.missingPaymentMethod ?? "create_invoice",
      },
    },
    trial_start: trialEnd === null ? null : ctx.now,
  };
}

/** How often a price bills. Errors: 400 for a one-off price. */
export function cycleOf(price: Price): { interval: string; interval_count: number } {
  if (price.recurring === null) {
    throw invalidRequest(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param: "items[0][price]" },
    );
  }
  return price.recurring;
}

/** One item for the period given. */
export function newItem(
  ctx: Ctx,
  subscriptionId: string,
  item: { price: Price; quantity: number; metadata?: Metadata },
  period: { start: number; end: number },
): SubscriptionItem {
  return {
    id: newId("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: ctx.now,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: item.metadata ?? {},
    plan: planOf(item.price),
    price: item.price,
    quantity: item.quantity,
    subscription: subscriptionId,
    tax_rates: [],
  };
}

/** Prices of one subscription share currency and interval, and must be sold still. */
export function checkPrice(price: Price, other: Price): void {
  const cycle = cycleOf(price);
  const otherCycle = cycleOf(other);
  if (!price.active)
    throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, { param: "items" });
  if (price.currency !== other.currency)
    throw invalidRequest("All prices on a subscription must have the same currency.");
  if (cycle.interval !== otherCycle.interval || cycle.interval_count !== otherCycle.interval_count) {
    throw invalidRequest(
      "All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.",
    );
  }
}

/** The plan that mirrors a recurring price, as items still carry it. */
export function planOf(price: Price): Plan {
  const { interval, interval_count: count } = cycleOf(price);
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count: count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: "licensed",
  };
}

function plainParts() {
  return {
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically",
    customer_account: null,
    days_until_due: null,
    default_source: null,
    default_tax_rates: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    managed_payments: { enabled: false },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: "off" },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    test_clock: null,
    transfer_data: null,
  };
}
