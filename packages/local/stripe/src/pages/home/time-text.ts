import { html, type Html } from "../html.ts";

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** A moment in UTC as people read it, to the minute, for programs too. `unixSec`: Stripe's time. */
export function timeTag(unixSec: number): Html {
  const date = new Date(unixSec * 1000);
  const text = date.toLocaleString("en-US", {
    dateStyle: "medium",
    timeStyle: "short",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

/** A span of time in its largest units, `31 days 2 hours` with two; under a minute in words. */
export function spanText(sec: number, unitCount: 1 | 2): string {
  const parts: string[] = [];
  let left = Math.round(sec);
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(plural(count, unit));
  }
  return parts.length === 0 ? "less than a minute" : parts.slice(0, unitCount).join(" ");
}

/** `1 event`, `2 events`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
