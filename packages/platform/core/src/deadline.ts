/** Work that took longer than it was given. */
export class DeadlineError extends Error {
  constructor(deadlineMs: number) {
    super(`No answer within ${deadlineMs} ms.`);
    this.name = "DeadlineError";
  }
}

/**
 * Waits for work at most `deadlineMs` milliseconds; what it does afterwards is not looked at. Errors: what the work
 * throws, else what `late` makes, which is a DeadlineError unless it is given.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  late: () => Error = () => new DeadlineError(deadlineMs),
): Promise<T> {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), deadlineMs);
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
  }
}
