import { invalid } from "../errors.ts";

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
const LONGEST_MS = 292 * 365.25 * 24 * 3_600_000;

/**
 * Reads `ban_duration`: Go's notation (`24h`, `1h30m`), or `none` for no ban. Returns the end of the ban, or null.
 * Errors: 400 `validation_failed`.
 */
export function readBanEnd(duration: string, now: Date): Date | null {
  if (duration === "none") return null;
  if (!WHOLE.test(duration)) throw invalid(`invalid format for ban duration: time: invalid duration "${duration}"`);
  let totalMs = 0;
  for (const [, amount, unit] of duration.matchAll(PART)) totalMs += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  if (totalMs > LONGEST_MS) throw invalid(`invalid format for ban duration: time: invalid duration "${duration}"`);
  return totalMs === 0 ? null : new Date(now.getTime() + totalMs);
}
