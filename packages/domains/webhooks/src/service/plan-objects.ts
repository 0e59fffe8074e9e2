import type Stripe from "stripe";
import type { StripeMirror } from "@turnpike/core";
import type { InboxRow } from "../queries.ts";
import { RowsFailedError } from "../rows-failed-error.ts";
import { isForeign } from "../stripe-envelope.ts";

/** One object at Stripe to read back and apply: by which mirror, and which stored events named it. */
export interface PlannedObject {
  mirror: StripeMirror;
  id: string;
  /** The newest event about it, or where none is about it itself, the newest that named it. */
  event: Stripe.Event;
  rowIds: string[];
}

/** What a set of stored events asks for. */
export interface Plan {
  /** Distinct, in the order of the mirrors, which follows that of the modules: what others refer to comes first. */
  objects: PlannedObject[];
  /** Events that name no mirrored object. */
  unwantedIds: string[];
}

/**
 * Finds the distinct objects that events speak of; foreign events speak of none that our key could read.
 * `rows` come oldest first. Errors: RowsFailedError naming the event whose shape a mirror could not read.
 */
export function planObjects(mirrors: readonly StripeMirror[], rows: readonly InboxRow[], isStripeLive: boolean): Plan {
  const objects = new Map<string, PlannedObject & { place: number }>();
  const unwantedIds: string[] = [];
  for (const row of rows) {
    const event = eventOf(row.body);
    const named = isForeign(event, isStripeLive) ? [] : namedObjects(mirrors, event, row.id);
    if (named.length === 0) unwantedIds.push(row.id);
    for (const { mirror, place, id } of named) {
      const key = `${place} ${id}`;
      const known = objects.get(key);
      const isHint = known !== undefined && isAbout(known.event, id) && !isAbout(event, id);
      objects.set(key, {
        mirror,
        place,
        id,
        event: isHint ? known.event : event,
        rowIds: [...(known?.rowIds ?? []), row.id],
      });
    }
  }
  return { objects: [...objects.values()].toSorted((a, b) => a.place - b.place), unwantedIds };
}

function namedObjects(mirrors: readonly StripeMirror[], event: Stripe.Event, rowId: string) {
  try {
    const refs = mirrors
      .flatMap((mirror) => mirror.refs(event))
      .filter(({ id }) => typeof id === "string" && id !== "");
    const distinct = new Map(refs.map((ref) => [`${ref.object} ${ref.id}`, ref]));
    return [...distinct.values()].flatMap(({ object, id }) =>
      mirrors.flatMap((mirror, place) => (mirror.object === object ? [{ mirror, place, id }] : [])),
    );
  } catch (error) {
    throw new RowsFailedError([rowId], error);
  }
}

/** An event's own object may say how it ended, which matters where Stripe has it no more. */
function isAbout(event: Stripe.Event, id: string): boolean {
  return "id" in event.data.object && event.data.object.id === id;
}

// Stored bodies passed StripeEnvelope; beyond that the SDK's type is a hint and mirrors treat it so.
function eventOf(body: string): Stripe.Event {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return JSON.parse(body) as Stripe.Event;
}
