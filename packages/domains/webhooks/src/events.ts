import { z } from "zod";
import { defineEvents } from "@turnpike/core";

/** What happens in the inbox that others may want to know. */
export const events = defineEvents("webhooks", {
  /** An event failed for good. It rests in the inbox as `dead` until an operator replays it. */
  event_dead_lettered: z.object({
    inboxId: z.uuid(),
    eventId: z.string(),
    type: z.string(),
    subject: z.string(),
    reason: z.string(),
  }),
});
