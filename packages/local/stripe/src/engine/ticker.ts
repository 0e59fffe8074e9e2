import type { Ctx } from "../context.ts";
import type { Clock } from "../sim/clock.ts";
import { readSettings } from "../sim/settings.ts";
import type { Store } from "../storage/store.ts";
import { fireTimer } from "./fire-timer.ts";

const longestSleepMs = 60_000;

/** Makes happen what is due: by itself as time passes, and all at once when the clock is moved. */
export class Ticker {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #baseUrl: () => string;
  readonly #afterEach: () => void;
  #timeout: NodeJS.Timeout | undefined;
  #moving: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: { store: Store; clock: Clock; baseUrl: () => string; afterEach: () => void }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#baseUrl = parts.baseUrl;
    this.#afterEach = parts.afterEach;
  }

  /** Plans the next wake-up for the earliest timer. Call it whenever timers may have changed. */
  schedule(): void {
    clearTimeout(this.#timeout);
    if (this.#stopped) return;
    const next = this.#store.nextTimer(Number.MAX_SAFE_INTEGER);
    const waitMs = next === null ? longestSleepMs : next.at * 1000 - this.#clock.now().getTime();
    this.#timeout = setTimeout(
      () => void this.advance(this.#clock.now()),
      Math.min(Math.max(waitMs, 0), longestSleepMs),
    );
    this.#timeout.unref();
  }

  /** Everything due until `to` happens, in order, each at its own moment; then the clock stands at `to`. */
  advance(to: Date): Promise<void> {
    const move = this.#moving.then(() => this.#run(to));
    this.#moving = move.catch(() => undefined);
    return move;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timeout);
  }

  async #run(to: Date): Promise<void> {
    const untilSec = Math.floor(to.getTime() / 1000);
    for (let count = 1; !this.#stopped && this.#step(untilSec); count += 1) {
      // Requests must not wait for a long leap: give the event loop a turn now and then.
      if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#stopped) return;
    this.#clock.moveTo(to.getTime());
    this.#clock.announce();
    this.#afterEach();
    this.schedule();
  }

  #step(untilSec: number): boolean {
    try {
      return this.#fireNext(untilSec);
    } catch (error) {
      return this.#skip(untilSec, error);
    }
  }

  #fireNext(untilSec: number): boolean {
    return this.#store.transaction(() => {
      const timer = this.#store.nextTimer(untilSec);
      if (timer === null) return false;
      this.#clock.moveTo(timer.at * 1000);
      const ctx: Ctx = {
        store: this.#store,
        now: timer.at,
        request: { id: null, idempotency_key: null },
        baseUrl: this.#baseUrl(),
        settings: readSettings(this.#store),
      };
      this.#store.dropTimer(timer.objectId, timer.kind);
      fireTimer(ctx, timer);
      return true;
    });
  }

  /** One thing that cannot happen must not stop time for all others: it is reported and left out. */
  #skip(untilSec: number, error: unknown): true {
    const timer = this.#store.nextTimer(untilSec);
    if (timer === null) throw error;
    this.#store.dropTimer(timer.objectId, timer.kind);
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`local Stripe left out "${timer.kind}" of ${timer.objectId}: ${reason}`);
    return true;
  }
}
