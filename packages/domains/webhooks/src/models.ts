import { z } from "zod";
import { Page, PageInput, Text } from "@turnpike/core";
import type { InboxHead } from "./inbox-queries.ts";

/**
 * Where a stored event stands: `pending` waits or is worked off, `done` was applied, `ignored` concerns nothing we
 * mirror or another Stripe mode or account, `dead` failed for good and waits for a replay.
 */
export const InboxStatus = z.enum(["pending", "done", "ignored", "dead"]);
export type InboxStatus = z.output<typeof InboxStatus>;

/** A stored event without its body. */
export const InboxEvent = z.object({
  id: z.uuid(),
  provider: z.string(),
  /** The provider's own id: `evt_…`. */
  eventId: z.string(),
  type: z.string(),
  status: InboxStatus,
  /** What it is worked off together with: `customer:cus_…`, else `<object>:<id>`. */
  subject: z.string(),
  apiVersion: z.string().nullable(),
  isLive: z.boolean(),
  /** Tries that ended badly or well. */
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  /** The provider's time. */
  eventCreatedAt: z.date(),
  receivedAt: z.date(),
  /** When a pending event is tried next. */
  dueAt: z.date(),
  processedAt: z.date().nullable(),
});
export type InboxEvent = z.output<typeof InboxEvent>;

/** A stored event with the exact text that was signed. */
export const InboxEventWithBody = InboxEvent.extend({ body: z.string() });
export type InboxEventWithBody = z.output<typeof InboxEventWithBody>;

/** A page of stored events, of one status or type where given. */
export const ListInboxInput = PageInput.extend({
  /** The `nextCursor` of the page before. */
  cursor: z.uuid().nullish(),
  status: InboxStatus.optional(),
  /** An exact type: `invoice.paid`. */
  type: Text.max(255).optional(),
}).prefault({});
export type ListInboxInput = z.output<typeof ListInboxInput>;

/** A page of stored events. */
export const InboxPage = Page(InboxEvent);
export type InboxPage = z.output<typeof InboxPage>;

/** Names a stored event by our id, not by Stripe's. */
export const InboxId = z.object({ id: z.uuid() });
export type InboxId = z.output<typeof InboxId>;

/** Events to work off again: those received in [from, to), of one type or status where given. */
export const ReplayRange = z
  .object({
    from: z.date(),
    to: z.date(),
    /** An exact type: `invoice.paid`. */
    type: Text.max(255).optional(),
    status: z.enum(["done", "ignored", "dead"]).optional(),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "Must be later than `from`." });
export type ReplayRange = z.output<typeof ReplayRange>;

/** How far a replay got. One call takes at most 1000 events. */
export const ReplayedRange = z.object({
  replayed: z.number().int(),
  /** Where to go on; null when the range is done. */
  nextFrom: z.date().nullable(),
});
export type ReplayedRange = z.output<typeof ReplayedRange>;

/** How the inbox does. */
export const InboxStats = z.object({
  pending: z.number().int(),
  dead: z.number().int(),
  /** When the event that has waited longest came; null when none waits. */
  oldestPendingAt: z.date().nullable(),
  /** What came in the last 24 hours. */
  lastDay: z.array(z.object({ type: z.string(), status: InboxStatus, count: z.number().int() })),
});
export type InboxStats = z.output<typeof InboxStats>;

/** A row as callers see it. */
export function inboxEventOf(row: InboxHead): InboxEvent {
  return {
    id: row.id,
    provider: row.provider,
    eventId: row.event_id,
    type: row.type,
    status: InboxStatus.parse(row.status),
    subject: row.subject,
    apiVersion: row.api_version,
    isLive: row.is_live,
    attempts: row.attempts,
    lastError: row.last_error,
    eventCreatedAt: row.event_created_at,
    receivedAt: row.received_at,
    dueAt: row.due_at,
    processedAt: row.processed_at,
  };
}
