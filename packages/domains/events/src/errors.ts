import { defineErrors } from "@turnpike/core";

/** What the stream of events refuses. */
export const errors = defineErrors("events", {
  last_event_unknown: {
    kind: "invalid",
    message: "This organization has no event of that id. Read the present state and start again without it.",
  },
  too_many_streams: {
    kind: "limited",
    message: "You have too many streams open. Close one, or let several views share one.",
  },
});
