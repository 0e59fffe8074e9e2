import type { Settings } from "./sim/settings.ts";
import type { Store } from "./storage/store.ts";

/** What every route, page and timer works with: one transaction, one moment, one cause. */
export interface Ctx {
  store: Store;
  /** Stripe's time in unix seconds; the same for everything that happens in one request or timer. */
  now: number;
  /** Ends up in the events: which API request caused them; both null for time and pages. */
  request: { id: string | null; idempotency_key: string | null };
  /** Origin of this server, for the URLs in objects. */
  baseUrl: string;
  settings: Settings;
}
