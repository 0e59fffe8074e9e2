import { pageOf } from "@turnpike/core";
import type { Ctx } from "@turnpike/core";
import { errors } from "../errors.ts";
import { countLastDay, countOpen, findEvent, listEvents, reopenEvent, reopenRange } from "../inbox-queries.ts";
import { processJob } from "../jobs.ts";
import { inboxEventOf, InboxStatus } from "../models.ts";
import type {
  InboxEvent,
  InboxEventWithBody,
  InboxId,
  InboxPage,
  InboxStats,
  ListInboxInput,
  ReplayedRange,
  ReplayRange,
} from "../models.ts";
import { priorities } from "../priority.ts";
import { isForeign, StripeEnvelope } from "../stripe-envelope.ts";

/** A page of stored events, the last received first. */
export async function listInbox(ctx: Ctx, input: ListInboxInput): Promise<InboxPage> {
  const { status, type, cursor, limit } = input;
  const rows = await ctx.system("list the inbox").tx((tx) => listEvents(tx.db, { status, type, cursor, limit }));
  const { items, nextCursor } = pageOf(rows, limit, (row) => row.id);
  return { items: items.map(inboxEventOf), nextCursor };
}

/** A stored event with its body. Errors: webhooks.event_not_found. */
export async function getInboxEvent(ctx: Ctx, { id }: InboxId): Promise<InboxEventWithBody> {
  const row = await ctx.system("read the inbox").tx((tx) => findEvent(tx.db, id));
  if (!row) throw errors.event_not_found({ id });
  return { ...inboxEventOf(row), body: row.body };
}

/**
 * Has an event worked off again from its stored body, whatever became of it before; the objects it names are read back
 * anew. Repeating it is harmless. Errors: webhooks.event_not_found, webhooks.event_foreign.
 */
export async function replayInboxEvent(ctx: Ctx, { id }: InboxId): Promise<InboxEvent> {
  return ctx.system("replay a webhook event").tx(async (tx) => {
    const row = await findEvent(tx.db, id);
    if (!row) throw errors.event_not_found({ id });
    if (isForeign(StripeEnvelope.parse(JSON.parse(row.body)), ctx.config.isStripeLive)) {
      throw errors.event_foreign({ id });
    }
    const reopened = await reopenEvent(tx.db, id);
    if (!reopened) throw errors.event_not_found({ id });
    await tx.enqueue(processJob, { subject: reopened.subject }, { priority: priorities.caused });
    return inboxEventOf(reopened);
  });
}

const maxReplayed = 1000;

/**
 * Has the events of a range worked off again, the oldest first, at most 1000 in one call: go on from `nextFrom`.
 * Events of the other Stripe mode are left out. Repeating it is harmless.
 */
export async function replayInboxRange(ctx: Ctx, range: ReplayRange): Promise<ReplayedRange> {
  const limit = maxReplayed;
  return ctx.system("replay webhook events").tx(async (tx) => {
    const rows = await reopenRange(tx.db, { ...range, isLive: ctx.config.isStripeLive, limit });
    const subjects = new Set(rows.map((row) => row.subject));
    const jobs = [...subjects].map((subject) => ({ data: { subject }, priority: priorities.caused }));
    await tx.enqueueAll(processJob, jobs);
    const last = Math.max(...rows.map((row) => row.received_at.getTime()));
    return { replayed: rows.length, nextFrom: rows.length === limit ? new Date(last) : null };
  });
}

/** How the inbox does. */
export async function getInboxStats(ctx: Ctx): Promise<InboxStats> {
  return ctx.system("count the inbox").tx(async (tx) => {
    const open = await countOpen(tx.db);
    const lastDay = await countLastDay(tx.db);
    return {
      pending: open.pending,
      dead: open.dead,
      oldestPendingAt: open.oldest_pending_at,
      lastDay: lastDay.map((row) => ({ ...row, status: InboxStatus.parse(row.status) })),
    };
  });
}
