import { z } from "zod";
import type { Ctx } from "../context.ts";
import { cycleOf } from "../engine/build-subscription.ts";
import { nextPeriodEnd } from "../engine/period.ts";
import { integer, mergeMetadata, metadata, quantity, text, timestamp } from "../http/params.ts";
import type { SchedulePhase } from "../model/billing.ts";
import { invalidRequest } from "../stripe-error.ts";

/** One phase in a request: its items, and where it ends (a date, a duration, or one cycle of its first price). */
export const PhaseParams = z.strictObject({
  items: z
    .array(z.strictObject({ price: text(), quantity: quantity(0).optional(), metadata: metadata().optional() }))
    .min(1)
    .max(20),
  duration: z
    .strictObject({ interval: z.enum(["day", "week", "month", "year"]), interval_count: integer(1, 1095).optional() })
    .optional(),
  end_date: timestamp().optional(),
  metadata: metadata().optional(),
  proration_behavior: z.enum(["always_invoice", "create_prorations", "none"]).optional(),
  start_date: timestamp().optional(),
});
export type PhaseParams = z.output<typeof PhaseParams>;

/** Phases one after the other from `start` (unix seconds). Errors: gaps, ends before starts, prices that do not exist. */
export function phasesOf(ctx: Ctx, start: number, currency: string, params: readonly PhaseParams[]): SchedulePhase[] {
  const phases: SchedulePhase[] = [];
  for (const [index, phase] of params.entries()) {
    const startDate: number = phases.at(-1)?.end_date ?? start;
    if (phase.start_date !== undefined && phase.start_date !== startDate) {
      throw invalidRequest(`The start date of phase ${index} must be ${startDate}, where the one before it ends.`, {
        param: `phases[${index}][start_date]`,
      });
    }
    phases.push(phaseOf(ctx, phase, { start: startDate, currency, at: `phases[${index}]` }));
  }
  return phases;
}

function phaseOf(ctx: Ctx, phase: PhaseParams, place: { start: number; currency: string; at: string }): SchedulePhase {
  if (phase.duration !== undefined && phase.end_date !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: duration, end_date.", { param: place.at });
  }
  const prices = phase.items.map((item, index) =>
    ctx.store.get("price", item.price, `${place.at}[items][${index}][price]`),
  );
  const [first] = prices;
  if (first === undefined) throw invalidRequest("A phase must have items.", { param: place.at });
  const cycle = phase.duration ?? cycleOf(first);
  const end =
    phase.end_date ??
    nextPeriodEnd(place.start, place.start, { interval: cycle.interval, interval_count: cycle.interval_count ?? 1 });
  if (end <= place.start) throw invalidRequest("A phase must end after it starts.", { param: `${place.at}[end_date]` });
  return {
    ...unusedParts(),
    currency: place.currency,
    end_date: end,
    items: phase.items.map((item) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: mergeMetadata({}, item.metadata),
      plan: item.price,
      price: item.price,
      quantity: item.quantity ?? 1,
      tax_rates: [],
    })),
    metadata: mergeMetadata({}, phase.metadata),
    proration_behavior: phase.proration_behavior ?? "create_prorations",
    start_date: place.start,
  };
}

function unusedParts() {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    invoice_settings: null,
    on_behalf_of: null,
    transfer_data: null,
    trial_end: null,
  };
}
