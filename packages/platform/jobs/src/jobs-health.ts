import type { PgBoss, WipData } from "pg-boss";

/**
 * How a process works on jobs. `degraded`: it finds them by polling only, or some of its workers have stopped looking.
 * `down`: all of them have.
 */
export type JobsHealth = "up" | "degraded" | "down";

// A worker that has nothing to do looks every few seconds; one that has not for so long is stuck.
const staleMs = 60_000;

/** Whether the workers of this process look for jobs. Where it has none, it has nothing to do and is up. */
export function jobsHealth(
  boss: PgBoss,
  { isHeard, now = Date.now() }: { isHeard: boolean; now?: number },
): JobsHealth {
  const workers = boss.getWipData();
  const stale = workers.filter((worker) => isStale(worker, now));
  if (stale.length > 0 && stale.length === workers.length) return "down";
  return stale.length > 0 || !isHeard ? "degraded" : "up";
}

function isStale(worker: WipData, now: number): boolean {
  const { state, createdOn, lastFetchedOn, lastJobStartedOn, lastJobEndedOn, lastErrorOn } = worker;
  const isBusy = (lastJobStartedOn ?? 0) > Math.max(lastJobEndedOn ?? 0, lastErrorOn ?? 0);
  return state === "active" && !isBusy && now - (lastFetchedOn ?? createdOn) > staleMs;
}
