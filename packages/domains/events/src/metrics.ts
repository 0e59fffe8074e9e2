import type { ModuleMetrics } from "@turnpike/core";
import { findHub } from "./hub.ts";

/** How many streams this process holds open. */
export const streamMetrics: ModuleMetrics = {
  gauges: [
    {
      name: "events.streams",
      gauges: { turnpike_events_open_streams: { help: "Live streams that this process holds open." } },
      read: async (ctx) => ({ turnpike_events_open_streams: findHub(ctx)?.size() ?? 0 }),
    },
  ],
};
