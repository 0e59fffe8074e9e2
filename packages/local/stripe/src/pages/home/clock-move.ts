import { addMonths } from "../../engine/period.ts";

/** What the buttons of the clock say; the value of the form field `by`. */
export const steps = [
  { by: "hour", text: "+1 hour" },
  { by: "day", text: "+1 day" },
  { by: "week", text: "+1 week" },
  { by: "month", text: "+1 month" },
] as const;

/** As far as one move may go, in days: what `/_sim/clock` allows. */
export const longestMoveDays = 4000;

const dayMs = 86_400_000;
const stepMs = new Map([
  ["hour", 3_600_000],
  ["day", dayMs],
  ["week", 7 * dayMs],
]);

/**
 * Where a form of the clock wants it: `by` is a step, else `date` (`YYYY-MM-DD`) is a day, whose midnight in UTC it is.
 * A month is a calendar month. A problem is a sentence for the person.
 */
export function targetOf(
  fields: Partial<Record<string, string>>,
  now: Date,
): { to: Date; problem?: undefined } | { problem: string } {
  if (fields.by !== undefined) return stepFrom(now, fields.by);
  const date = fields.date ?? "";
  const to = /^\d{4}-\d\d-\d\d$/.test(date) ? new Date(`${date}T00:00:00Z`) : new Date(NaN);
  // JavaScript takes 30 February for 2 March.
  if (Number.isNaN(to.getTime()) || to.toISOString().slice(0, 10) !== date)
    return { problem: "Please choose a day, such as 2027-01-31." };
  if (to <= now) return { problem: "Time only moves forward. Please choose a day after today." };
  if (to.getTime() - now.getTime() > longestMoveDays * dayMs)
    return { problem: `One move goes at most ${longestMoveDays} days ahead. Please choose an earlier day.` };
  return { to };
}

function stepFrom(now: Date, by: string): { to: Date; problem?: undefined } | { problem: string } {
  if (by === "month") return { to: new Date(addMonths(now.getTime() / 1000, 1) * 1000) };
  const ms = stepMs.get(by);
  return ms === undefined ? { problem: "Please choose one of the steps." } : { to: new Date(now.getTime() + ms) };
}
