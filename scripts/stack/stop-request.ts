/** Somebody's wish that the process stop. */
export interface StopRequest {
  made: Promise<void>;
  isMade: boolean;
}

const repeatMs = 1000;

/**
 * Hears the first signal to stop. A second Ctrl-C ends the process at once, but not within a second of the first: the
 * terminal sends one to each process of the group, and those in between may pass theirs on.
 */
export function listenForStop(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = { made: promise, isMade: false };
  let firstAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (request.isMade && signal === "SIGINT" && performance.now() - firstAt > repeatMs) process.exit(130);
      if (!request.isMade) firstAt = performance.now();
      request.isMade = true;
      resolve();
    });
  }
  return request;
}
