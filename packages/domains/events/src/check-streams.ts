import { withDeadline } from "@turnpike/core";
import type { Ctx } from "@turnpike/core";
import type { LiveStream } from "./live-stream.ts";
import { listOrganizationsWithNews } from "./queries.ts";
import type { StreamSet } from "./stream-set.ts";

/** A stream that could not be checked for so long is cut: who revokes a session is promised a minute. */
const maxUncheckedMs = 40_000;
// A database that is frozen answers nothing at all.
const timeoutMs = 10_000;

/**
 * Makes the check of a process's streams: rings those whose organization has news, cuts those that may not go on. Three
 * queries for all streams together. False when it failed; it never throws. While it fails streams go on for 40 s since
 * the last check that did not.
 */
export function createStreamCheck(ctx: Ctx, streams: StreamSet): () => Promise<boolean> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const asked = streams.all();
    const startedAt = performance.now();
    try {
      const [news] = await withDeadline(
        Promise.all([ctx.tx((tx) => listOrganizationsWithNews(tx.db, placesOf(asked))), cutEnded(ctx, asked)]),
        timeoutMs,
      );
      for (const id of news) for (const stream of streams.ofOrganization(id)) stream.ring();
      checkedAt = startedAt;
      return true;
    } catch (error) {
      ctx.log.warn("events.check_failed", { error });
      const uncheckedMs = (stream: LiveStream): number => performance.now() - Math.max(checkedAt, stream.openedAt);
      for (const stream of asked) if (uncheckedMs(stream) > maxUncheckedMs) stream.cut("checks_overdue");
      return false;
    }
  };
}

/**
 * Makes the question about single streams: who may not go on is cut soon. While one is asked the next ones gather, so
 * that many at once make few queries. `onFailure` is told when there was no answer.
 */
export function createSpotCheck(ctx: Ctx, onFailure: () => void): (streams: Iterable<LiveStream>) => void {
  const waiting = new Set<LiveStream>();
  let isBusy = false;

  async function work(): Promise<void> {
    isBusy = true;
    while (waiting.size > 0) {
      const asked = [...waiting].filter(({ signal }) => !signal.aborted);
      waiting.clear();
      try {
        if (asked.length > 0) await withDeadline(cutEnded(ctx, asked), timeoutMs);
      } catch (error) {
        ctx.log.warn("events.check_failed", { error });
        onFailure();
      }
    }
    isBusy = false;
  }

  return (streams) => {
    for (const stream of streams) waiting.add(stream);
    if (!isBusy) void work();
  };
}

async function cutEnded(ctx: Ctx, streams: readonly LiveStream[]): Promise<void> {
  for (const [stream, reason] of await ctx.findEndedCallers(streams)) stream.cut(reason);
}

/** By organization the place that all its streams have reached. */
function placesOf(streams: readonly LiveStream[]): { organizationId: string; sequence: number }[] {
  const places = new Map<string, number>();
  for (const { organizationId, sequence } of streams)
    places.set(organizationId, Math.min(sequence, places.get(organizationId) ?? sequence));
  return [...places].map(([organizationId, sequence]) => ({ organizationId, sequence }));
}
