import type { PgBoss, WipData } from "pg-boss";

/** `degraded`: jobs run, but workers find them by polling only, or some of the workers have stopped looking. */
export type JobsHealth = "up" | "degraded" | "down";

// A worker that has nothing to do looks every few seconds; one that has not for so long is stuck.
const staleMs = 60_000;
// pg-boss connects again by itself and does not say when it has; a connection that cannot listen is lost each half minute.
const lostForMs = 120_000;

/**
 * Watches a pg-boss and answers how jobs are: whether they can be enqueued and, where there are workers, whether those
 * look for jobs. Call it before the start. What it returns rejects with what the database says; jobs are then down.
 */
export function watchJobs(
  boss: PgBoss,
  { isWorker, now = Date.now }: { isWorker: boolean; now?: () => number },
): () => Promise<JobsHealth> {
  let canListen = true;
  let lostAt = -Infinity;
  boss.on("warning", ({ data }) => {
    if ("type" in data && data.type === "listen_notify_unavailable") canListen = false;
  });
  boss.on("error", ({ message }) => {
    if (message.startsWith("LISTEN/NOTIFY")) lostAt = now();
  });
  return async () => {
    // Fails where the schema is not there or may not be used.
    await boss.getDb().executeSql("select has_table_privilege('pgboss.job', 'insert')");
    if (!isWorker) return "up";
    const workers = boss.getWipData();
    const stale = workers.filter((worker) => isStale(worker, now()));
    if (stale.length > 0 && stale.length === workers.length) return "down";
    const isListening = canListen && now() - lostAt > lostForMs;
    return stale.length > 0 || !isListening ? "degraded" : "up";
  };
}

function isStale(worker: WipData, now: number): boolean {
  const { state, createdOn, lastFetchedOn, lastJobStartedOn, lastJobEndedOn, lastErrorOn } = worker;
  const isBusy = (lastJobStartedOn ?? 0) > Math.max(lastJobEndedOn ?? 0, lastErrorOn ?? 0);
  return state === "active" && !isBusy && now - (lastFetchedOn ?? createdOn) > staleMs;
}
