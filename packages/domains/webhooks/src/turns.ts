import { createPace } from "./pace.ts";
import type { PaceOptions } from "./pace.ts";

/** Lets work have its turn: one piece at a time of each key, so many in all. */
export interface Turns {
  /**
   * Runs `work`, and once more when another call for this key came while it ran; resolves when that has ended. A call for
   * a key that waits or runs resolves at once: the one that was there before does its work. Errors: what `work` throws.
   */
  run(key: string, work: () => Promise<void>): Promise<void>;
  /** The far end asks for less: nothing begins for a while, and then half as much at once. */
  slowDown(): void;
}

interface Running {
  isAskedAgain: boolean;
}

/** Makes the turns of one process, at the pace that `PaceOptions` describes. */
export function createTurns(options: PaceOptions): Turns {
  const queued = new Map<string, (state: Running) => void>();
  const running = new Map<string, Running>();
  const pace = createPace(options, () => pump());
  const pump = (): void => {
    for (const [key, begin] of queued) {
      if (running.size >= pace.atOnce()) return;
      const state = { isAskedAgain: true };
      queued.delete(key);
      running.set(key, state);
      begin(state);
    }
  };
  return {
    async run(key, work) {
      const state = running.get(key);
      if (state) state.isAskedAgain = true;
      if (state || queued.has(key)) return;
      const { promise: turn, resolve } = Promise.withResolvers<Running>();
      queued.set(key, resolve);
      pump();
      const own = await turn;
      try {
        while (own.isAskedAgain) {
          own.isAskedAgain = false;
          await work();
        }
        pace.speedUp();
      } finally {
        running.delete(key);
        pump();
      }
    },
    slowDown: () => pace.slowDown(),
  };
}
