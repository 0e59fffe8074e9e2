import type { Store } from "../storage/store.ts";

type Listener = (offsetMs: number) => void;

/** Stripe's time: wall time plus an offset that only grows, and is kept across restarts. */
export class Clock {
  readonly #store: Store;
  readonly #listeners = new Set<Listener>();
  offsetMs: number;
  #announcedMs: number;

  constructor(store: Store) {
    this.#store = store;
    this.offsetMs = Number(store.readMeta("clock_offset_ms") ?? 0);
    this.#announcedMs = this.offsetMs;
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  nowSec(): number {
    return Math.floor((Date.now() + this.offsetMs) / 1000);
  }

  /** Moves so that it is now `to`; earlier moments are ignored, time does not run backwards. */
  moveTo(toMs: number): void {
    const offsetMs = toMs - Date.now();
    if (offsetMs <= this.offsetMs) return;
    this.offsetMs = offsetMs;
    this.#store.writeMeta("clock_offset_ms", String(offsetMs));
  }

  /** Puts the offset back to zero; only for a store that was emptied. */
  reset(): void {
    this.offsetMs = 0;
    this.#store.writeMeta("clock_offset_ms", "0");
  }

  /** Tells listeners where the clock stands, if it moved since the last time. */
  announce(): void {
    if (this.offsetMs === this.#announcedMs) return;
    this.#announcedMs = this.offsetMs;
    for (const listener of this.#listeners) listener(this.offsetMs);
  }

  /** Calls `listener` on each announcement until the function returned is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
