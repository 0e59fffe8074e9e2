import { defineModule } from "@turnpike/core";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { linkPriceJob, syncCustomerJob } from "./jobs.ts";
import { listeners } from "./listeners.ts";
import { dropAccessOnChange, stopDropping } from "./live-access.ts";
import { billingRouter } from "./router.ts";
import { stripeMirrors } from "./stripe.ts";

export type { AccessReason } from "./access-reasons.ts";
export { events as billingEvents } from "./events.ts";
export type { Access, Subscription } from "./models.ts";
export { checkAccess } from "./service/access.ts";
export { syncKnownCustomer as syncCustomer } from "./service/sync-known-customer.ts";

export default defineModule({
  name: "billing",
  router: billingRouter,
  errors,
  events,
  listeners,
  jobs: [syncCustomerJob, linkPriceJob],
  stripe: stripeMirrors,
  start: dropAccessOnChange,
  stop: stopDropping,
});
