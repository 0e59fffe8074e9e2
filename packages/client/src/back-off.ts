/** Below the 45 s of silence after which a connection is made anew anyway. */
const longestMs = 30_000;

/**
 * How long to wait before connecting again, in milliseconds, after so many connections in a row that brought nothing. A
 * part of it is chance: all clients of a server that ends would come to the next one in the same moment.
 */
export function backOffMs(failures: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const most = Math.min(1000 * 2 ** failures, longestMs);
  const least = Math.max(most / 10, Math.min(retryAfterMs, longestMs));
  return Math.round(least + random() * (Math.max(most, least * 1.5) - least));
}
