import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { startHub } from "./hub.ts";
import { streamMetrics } from "./metrics.ts";
import { eventsRouter } from "./router.ts";

export default defineModule({ name: "events", router: eventsRouter, errors, metrics: streamMetrics, start: startHub });
