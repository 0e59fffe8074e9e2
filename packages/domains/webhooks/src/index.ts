import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { mountStripeWebhook } from "./http.ts";
import { processJob } from "./jobs.ts";
import { deliveries, inboxGauges } from "./metrics.ts";
import { resumeInbox, sweepSchedule } from "./recovery.ts";
import { retentionSchedule } from "./retention.ts";
import { webhooksRouter } from "./router.ts";

export { events as webhookEvents } from "./events.ts";

export default defineModule({
  name: "webhooks",
  router: webhooksRouter,
  errors,
  events,
  jobs: [processJob],
  schedules: [sweepSchedule, retentionSchedule],
  metrics: { counters: [deliveries], gauges: [inboxGauges] },
  http: mountStripeWebhook,
  start: resumeInbox,
});
