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
      const [news, ended] = await withDeadline(
        Promise.all([ctx.tx((tx) => listOrganizationsWithNews(tx.db, placesOf(asked))), ctx.findEndedCallers(asked)]),
        timeoutMs,
      );
      for (const id of news) for (const stream of streams.ofOrganization(id)) stream.ring();
      for (const [stream, reason] of ended) stream.cut(reason);
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

/** By organization the place that all its streams have reached. */
function placesOf(streams: readonly LiveStream[]): { organizationId: string; sequence: number }[] {
  const places = new Map<string, number>();
  for (const { organizationId, sequence } of streams)
    places.set(organizationId, Math.min(sequence, places.get(organizationId) ?? sequence));
  return [...places].map(([organizationId, sequence]) => ({ organizationId, sequence }));
}
