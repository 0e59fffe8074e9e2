import type { Ctx, OrganizationCtx, TrackedEnvelope } from "@turnpike/core";
import { tracked } from "@turnpike/core";
import { errors } from "../errors.ts";
import { getHub } from "../hub.ts";
import type { LiveStream } from "../live-stream.ts";
import { StreamedEvent } from "../models.ts";
import type { StreamInput } from "../models.ts";
import type { EventRow, Place } from "../queries.ts";
import { findNewestPlace, findPlace, listEventsAfter } from "../queries.ts";

/** An event with the id to resume after; first a mark, which only has the id. */
type Items = AsyncGenerator<TrackedEnvelope<StreamedEvent | null>, void>;

/** Before the first event of all. */
const beginning: Place = { id: "00000000-0000-0000-0000-000000000000", sequence: 0 };
const pageSize = 100;

/**
 * Opens the stream of an organization's events, after the last one that the caller has, else after the newest. It begins
 * with a mark of that place: whoever was told of no event yet can resume too. `signal` says that the caller has gone.
 * Errors: events.last_event_unknown, events.too_many_streams, core.unavailable.
 */
export async function openStream(ctx: OrganizationCtx, input: StreamInput, signal?: AbortSignal): Promise<Items> {
  const stream = await getHub(ctx).admit(ctx);
  // One that nobody has begun to read ends here, too.
  signal?.addEventListener("abort", () => stream.close("left"), { once: true });
  if (signal?.aborted) stream.close("left");
  const reader = ctx.system("stream of an organization's events");
  try {
    const place = await findStart(reader, ctx.organization.id, input?.lastEventId);
    stream.sequence = place.sequence;
    return items(stream, reader, place);
  } catch (error) {
    stream.close("not_started");
    throw error;
  }
}

async function findStart(reader: Ctx, organizationId: string, lastEventId: string | undefined): Promise<Place> {
  if (lastEventId === beginning.id) return beginning;
  if (lastEventId === undefined) return (await reader.tx((tx) => findNewestPlace(tx.db, organizationId))) ?? beginning;
  const place = await reader.tx((tx) => findPlace(tx.db, organizationId, lastEventId));
  if (!place) throw errors.last_event_unknown({ lastEventId });
  return place;
}

async function* items(stream: LiveStream, reader: Ctx, place: Place): Items {
  try {
    yield tracked(place.id, null);
    for (;;) {
      yield* unread(stream, reader);
      await stream.rung();
    }
  } finally {
    stream.close("left");
    stream.ctx.log.info("events.stream_ended", { reason: String(stream.signal.reason) });
  }
}

/** Reads a page when the one before was taken, so that a slow caller holds up nobody and nothing piles up. */
async function* unread(stream: LiveStream, reader: Ctx): Items {
  for (;;) {
    const page = await readPage(stream, reader);
    for (const row of page) {
      requireOpen(stream);
      stream.sequence = row.sequence;
      const event = eventOf(stream, row);
      if (event) yield tracked(event.id, event);
    }
    if (page.length < pageSize) return requireOpen(stream);
  }
}

async function readPage(stream: LiveStream, reader: Ctx): Promise<EventRow[]> {
  requireOpen(stream);
  const { organizationId, sequence } = stream;
  try {
    return await reader.tx((tx) => listEventsAfter(tx.db, { organizationId, sequence, limit: pageSize }));
  } catch (error) {
    stream.ctx.log.warn("events.read_failed", { error });
    stream.cut("read_failed");
    throw farewell();
  }
}

function requireOpen({ signal }: LiveStream): void {
  if (signal.aborted) throw farewell();
}

/** What tRPC closes a connection for without a word; at a return it would tell the client that there is nothing more. */
function farewell(): DOMException {
  return new DOMException("The stream was cut.", "AbortError");
}

/** Null for what is no event, whoever wrote it: a stream that broke off there would never come past it. */
function eventOf(stream: LiveStream, { id, name, occurredAt, data }: EventRow): StreamedEvent | null {
  const parsed = StreamedEvent.shape.data.safeParse(data);
  if (parsed.success) return { id, name, occurredAt, data: parsed.data };
  stream.ctx.log.error("events.unreadable", { eventId: id, name });
  return null;
}
