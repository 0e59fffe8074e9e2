import { z } from "zod";

/** Where a stream begins. */
export const StreamInput = z
  .object({
    /**
     * The `id` of the last event that was received: the stream goes on after it. Without it the stream begins with what
     * happens from now on; `00000000-0000-0000-0000-000000000000` stands before the first event of all.
     */
    lastEventId: z.uuid().optional(),
  })
  .optional();
/** Where a stream begins. */
export type StreamInput = z.output<typeof StreamInput>;

/** Something that happened in an organization. */
export const StreamedEvent = z.object({
  id: z.uuid(),
  /** Which kind of event, `billing.access_changed`. More kinds come with time: pass over those that you do not know. */
  name: z.string(),
  occurredAt: z.date(),
  /** What the kind says, as JSON: times are strings. */
  data: z.record(z.string(), z.unknown()),
});
/** Something that happened in an organization. */
export type StreamedEvent = z.output<typeof StreamedEvent>;
