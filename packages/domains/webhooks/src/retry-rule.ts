/** How a failed attempt ended: an outage passes by itself, a fault lies in the event or in our code. */
export type FailureKind = "outage" | "fault";

/** What an event has been through, this failure included. */
export interface FailureCount {
  attempts: number;
  faults: number;
}

const maxFaults = 8;
const maxAttempts = 300;
const maxDelaySec = 900;

/**
 * When to try again, in seconds from now, or null for the dead letter. Delays double from one second up to a quarter of
 * an hour, spread by a fifth so that customers who failed together do not return together. Eight faults (about two
 * minutes) are final; outages do not count towards them and are waited out for about three days, as Stripe itself
 * would retry. `random` is in [0, 1).
 */
export function retryDelaySec({ attempts, faults }: FailureCount, random: number): number | null {
  if (faults >= maxFaults || attempts >= maxAttempts) return null;
  const delaySec = Math.min(2 ** (attempts - 1), maxDelaySec);
  return delaySec * (0.8 + 0.4 * random);
}
