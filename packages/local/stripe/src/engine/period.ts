/** How often a price bills. */
export interface Cycle {
  interval: string;
  interval_count: number;
}

const daySec = 86_400;

/**
 * The end of the billing period that starts at `start`, for a subscription anchored at `anchor` (all unix seconds, UTC).
 * Months keep the anchor's day and fall back to the last day of shorter months: 31 Jan → 28 Feb → 31 Mar.
 * Source: docs.stripe.com/billing/subscriptions/billing-cycle.
 */
export function nextPeriodEnd(anchor: number, start: number, cycle: Cycle): number {
  const { interval, interval_count: count } = cycle;
  if (interval === "day") return start + count * daySec;
  if (interval === "week") return start + count * 7 * daySec;
  const months = interval === "year" ? count * 12 : count;
  return addMonths(anchor, monthsBetween(anchor, start) + months);
}

/** `at` moved by whole months; the day is the last of the month where the month is too short. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at * 1000);
  const target = new Date(from);
  target.setUTCDate(1);
  target.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(target.getTime() / 1000);
}

/** Whole months from `from` to `to`, counting a clamped day (28 Feb for a 31st) as the full month. */
function monthsBetween(from: number, to: number): number {
  const start = new Date(from * 1000);
  const end = new Date(to * 1000);
  const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
  return addMonths(from, months) > to ? months - 1 : months;
}
