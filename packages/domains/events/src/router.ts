import { organizationProcedure, router } from "@turnpike/core";
import { StreamInput } from "./models.ts";
import { openStream } from "./service/open-stream.ts";

/** Procedures of `events`. */
export const eventsRouter = router({
  /**
   * The organization's own events, as they happen: each once and in order, also over broken connections. It ends with the
   * session, the membership or the organization. Errors: events.last_event_unknown, events.too_many_streams, core.unavailable.
   */
  stream: organizationProcedure
    .input(StreamInput)
    .subscription(({ ctx, input, signal }) => openStream(ctx, input, signal)),
});
