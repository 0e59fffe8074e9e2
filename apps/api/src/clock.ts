import type { Clock, Env, Log } from "@turnpike/core";

/** A clock that follows another one until it is closed. */
export interface FollowingClock extends Clock {
  close(): void;
}

const wallClock: FollowingClock = { now: () => new Date(), close: () => undefined };

/**
 * Business time. Where `STRIPE_API_BASE` names a server with a movable clock (the local Stripe), ours follows it, so that
 * time-dependent rules can be seen at work; anywhere else, and always in production, it is wall time.
 */
export async function createClock(env: Pick<Env, "NODE_ENV" | "STRIPE_API_BASE">, log: Log): Promise<FollowingClock> {
  if (env.NODE_ENV === "production" || !env.STRIPE_API_BASE) return wallClock;
  const url = new URL("/_sim/clock/stream", env.STRIPE_API_BASE);
  const abort = new AbortController();
  const first = await connect(url, abort.signal).catch(() => null);
  const initial = await first?.next();
  if (!first || initial?.done !== false) return wallClock;
  const state = { offsetMs: initial.value };
  void follow(url, abort.signal, first, state, log);
  return { now: () => new Date(Date.now() + state.offsetMs), close: () => abort.abort() };
}

type Lines = AsyncIterator<number>;

async function connect(url: URL, signal: AbortSignal): Promise<Lines | null> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) return null;
  return offsets(response.body.pipeThrough(new TextDecoderStream()));
}

async function* offsets(chunks: AsyncIterable<string>): AsyncGenerator<number> {
  let buffered = "";
  for await (const chunk of chunks) {
    const lines = (buffered + chunk).split("\n");
    buffered = lines.pop() ?? "";
    for (const line of lines) {
      const match = /"offsetMs":(-?\d+)/.exec(line);
      if (match) yield Number(match[1]);
    }
  }
}

async function follow(
  url: URL,
  signal: AbortSignal,
  first: Lines,
  state: { offsetMs: number },
  log: Log,
): Promise<void> {
  for (let lines: Lines | null = first; !signal.aborted; lines = await connect(url, signal).catch(() => null)) {
    if (lines) await drain(lines, state).catch(() => undefined);
    if (signal.aborted) return;
    log.debug("clock.reconnecting");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function drain(lines: Lines, state: { offsetMs: number }): Promise<void> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) state.offsetMs = next.value;
}
