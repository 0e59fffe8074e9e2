import type { Actor, EndReason, OrganizationCtx } from "@turnpike/core";

/** An open stream as its process knows it: whose it is, how far it has come, and how to wake or end it. */
export interface LiveStream {
  actor: Actor;
  organizationId: string;
  ctx: OrganizationCtx;
  /** By `performance.now()`. */
  openedAt: number;
  /** The sequence of the last event that was handed over. */
  sequence: number;
  /** Wakes the reader: there may be something new. */
  ring(): void;
  /** Resolves when it was rung since the last time, or cut. */
  rung(): Promise<void>;
  /**
   * Ends the stream without a farewell, so that the client comes again: whoever may go on resumes elsewhere or with a new
   * token, and whoever may not is told why by the refusal.
   */
  cut(reason: CutReason): void;
  /** Aborted when it was cut; the reason is a `CutReason`. */
  signal: AbortSignal;
  /** Says that nothing of it is left, its connection neither. Cuts it where that was not done. */
  close(reason: CutReason): void;
  /** Aborted when it was closed: later than it was cut where its reader takes nothing. */
  closed: AbortSignal;
}

/** Why a stream was ended. For the log. */
export type CutReason = "left" | "not_started" | "token_expired" | EndReason | "checks_overdue" | "read_failed" | "old";

/** Makes a stream that nobody has rung yet. */
export function createLiveStream(ctx: OrganizationCtx): LiveStream {
  const [ending, closing] = [new AbortController(), new AbortController()];
  let isRung = false;
  let wake: () => void = () => undefined;
  ending.signal.addEventListener("abort", () => wake(), { once: true });
  return {
    actor: ctx.actor,
    organizationId: ctx.organization.id,
    ctx,
    openedAt: performance.now(),
    sequence: 0,
    signal: ending.signal,
    ring() {
      isRung = true;
      wake();
    },
    async rung() {
      if (!isRung && !ending.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      isRung = false;
    },
    cut: (reason) => ending.abort(reason),
    close(reason) {
      ending.abort(reason);
      closing.abort();
    },
    closed: closing.signal,
  };
}
