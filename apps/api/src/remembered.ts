import { withDeadline } from "@turnpike/core";

interface MemoryOptions {
  /** For how long an answer, or that there was none, is good, in milliseconds from when it was asked. */
  forMs: number;
  /** How long one may wait for an answer, in milliseconds. */
  timeoutMs: number;
  /** Milliseconds on a clock that only goes on. */
  now?: () => number;
}

// A question that hangs for so long will not be answered any more.
const abandonedAfterMs = 60_000;

/**
 * Asks seldom, however often it is asked itself: an answer is remembered, and while one question is open there is no
 * other. What it returns rejects with what `ask` rejects with, and with DeadlineError when that takes too long.
 */
export function remembered<T>(
  ask: () => Promise<T>,
  { forMs, timeoutMs, now = () => performance.now() }: MemoryOptions,
): () => Promise<T> {
  let last: { answer: Promise<T>; askedAt: number; isOpen: boolean } | undefined;
  return () => {
    const age = last ? now() - last.askedAt : Infinity;
    if (last && (last.isOpen ? age < abandonedAfterMs : age < forMs)) return last.answer;
    const question = ask();
    const current = { answer: withDeadline(question, timeoutMs), askedAt: now(), isOpen: true };
    const close = (): void => void (current.isOpen = false);
    question.then(close, close);
    last = current;
    return current.answer;
  };
}
