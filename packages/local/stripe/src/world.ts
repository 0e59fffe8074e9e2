import type { Ctx } from "./context.ts";
import type { Deliverer } from "./delivery/deliverer.ts";
import type { Ticker } from "./engine/ticker.ts";
import type { Clock } from "./sim/clock.ts";
import type { Faults } from "./sim/faults.ts";
import { readSettings } from "./sim/settings.ts";
import type { Store } from "./storage/store.ts";

/** The running server's parts, handed to routes and pages. */
export interface World {
  store: Store;
  clock: Clock;
  deliverer: Deliverer;
  ticker: Ticker;
  faults: Faults;
  secretKey: string;
  /** Origin of this server; known once it listens. */
  baseUrl: string;
  redirectDelayMs: number;
}

/** Runs `work` as one transaction at one moment, then lets deliveries and timers that follow from it go on. */
export function act<T>(world: World, request: Ctx["request"], work: (ctx: Ctx) => T): T {
  try {
    return world.store.transaction(() =>
      work({
        store: world.store,
        now: world.clock.nowSec(),
        request,
        baseUrl: world.baseUrl,
        settings: readSettings(world.store),
      }),
    );
  } finally {
    world.deliverer.wake();
    world.ticker.schedule();
  }
}

/** The cause of what happens through pages and time: no API request. */
export const noRequest: Ctx["request"] = { id: null, idempotency_key: null };
