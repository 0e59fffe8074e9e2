import type { ModuleMetrics } from "@turnpike/core";
import { hubOf } from "./hub.ts";

/** How many streams this process holds open. */
export const streamMetrics: ModuleMetrics = {
  gauges: [
    {
      name: "events.streams",
      gauges: { turnpike_events_open_streams: { help: "Live streams that this process holds open." } },
      read: async (ctx) => ({ turnpike_events_open_streams: hubOf(ctx).size() }),
    },
  ],
};
