/** How much may run at once, and how long nothing begins after the far end has asked for less. */
export interface PaceOptions {
  atOnce: number;
  /** In milliseconds. */
  pauseMs: number;
  /** Waits; a test's own clock. */
  pause: (ms: number) => Promise<void>;
}

/** How much may run at once now. */
export interface Pace {
  /** Nought during a pause. */
  atOnce(): number;
  /** Work has ended well: after about as many of these as may run at once, one more may. */
  speedUp(): void;
  /** Begins a pause, and halves what may run after it. Nothing more happens when there is one already. */
  slowDown(): void;
}

/** Makes a pace. `onResume` is called at the end of each pause. */
export function createPace({ atOnce, pauseMs, pause }: PaceOptions, onResume: () => void): Pace {
  let limit = atOnce;
  let isPaused = false;
  return {
    atOnce: () => (isPaused ? 0 : Math.floor(limit)),
    speedUp() {
      limit = Math.min(atOnce, limit + 1 / limit);
    },
    slowDown() {
      if (isPaused) return;
      limit = Math.max(1, limit / 2);
      isPaused = true;
      void pause(pauseMs).then(() => {
        isPaused = false;
        onResume();
      });
    },
  };
}
