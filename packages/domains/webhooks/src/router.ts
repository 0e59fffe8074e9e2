import { operatorProcedure, router } from "@turnpike/core";
import {
  InboxEvent,
  InboxEventWithBody,
  InboxId,
  InboxPage,
  InboxStats,
  ListInboxInput,
  ReplayedRange,
  ReplayRange,
} from "./models.ts";
import { getInboxEvent, getInboxStats, listInbox, replayInboxEvent, replayInboxRange } from "./service/inbox.ts";

/** Procedures of `webhooks`. */
export const webhooksRouter = router({
  /** Incoming events as they were stored. */
  inbox: router({
    /** Stored events, the last received first. */
    list: operatorProcedure
      .input(ListInboxInput)
      .output(InboxPage)
      .query(({ ctx, input }) => listInbox(ctx, input)),
    /** One stored event with the exact text that was signed. */
    get: operatorProcedure
      .input(InboxId)
      .output(InboxEventWithBody)
      .query(({ ctx, input }) => getInboxEvent(ctx, input)),
    /** Has a stored event worked off again, whatever became of it before. */
    replay: operatorProcedure
      .input(InboxId)
      .output(InboxEvent)
      .mutation(({ ctx, input }) => replayInboxEvent(ctx, input)),
    /** Has the events of a range of time worked off again, at most 1000 in one call. */
    replayRange: operatorProcedure
      .input(ReplayRange)
      .output(ReplayedRange)
      .mutation(({ ctx, input }) => replayInboxRange(ctx, input)),
    /** What waits, what is dead, and what came in the last day. */
    stats: operatorProcedure.output(InboxStats).query(({ ctx }) => getInboxStats(ctx)),
  }),
});
