import type { Clock } from "@turnpike/core";

/** A clock that a test moves; wall time until then. */
export interface TestClock extends Clock {
  /** Stops the clock at a moment. */
  set(moment: Date): void;
  /** Lets another clock decide, such as a local Stripe's. */
  follow(other: () => Date): void;
}

/** Makes a clock that shows wall time until a test sets it. */
export function createTestClock(): TestClock {
  let now = () => new Date();
  return {
    now: () => now(),
    set: (moment) => {
      now = () => new Date(moment);
    },
    follow: (other) => {
      now = other;
    },
  };
}
