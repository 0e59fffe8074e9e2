import { readSettings } from "../sim/settings.ts";
import type { Store } from "../storage/store.ts";
import { signatureHeader } from "./sign.ts";

const concurrency = 8;
const timeoutMs = 20_000;

interface Delivery {
  id: number;
  endpointId: string;
  body: string;
  attempts: number;
}

/**
 * Sends queued events to their endpoints: at least once, signed afresh for each attempt, retried with back-off.
 * The queue is a table, so what was pending when the process died goes on after a restart.
 */
export class Deliverer {
  readonly #store: Store;
  readonly #retryScheduleMs: readonly number[];
  readonly #inFlight = new Set<number>();
  readonly #waiting = new Set<() => void>();
  readonly #abort = new AbortController();
  #timeout: NodeJS.Timeout | undefined;

  constructor(store: Store, retryScheduleMs: readonly number[]) {
    this.#store = store;
    this.#retryScheduleMs = retryScheduleMs;
  }

  /** Starts what is due. Call it whenever something was queued. */
  wake(): void {
    clearTimeout(this.#timeout);
    if (this.#abort.signal.aborted) return;
    const { delivery } = readSettings(this.#store);
    if (!delivery.paused) {
      for (const due of this.#due(delivery.shuffle)) void this.#attempt(due);
      this.#planNext();
    }
    this.#releaseWaiting();
  }

  /** Resolves when no delivery is pending or under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#releaseWaiting();
    });
  }

  /** Ends attempts under way without recording them; they are made again after the next start. */
  stop(): void {
    clearTimeout(this.#timeout);
    this.#abort.abort();
  }

  #due(shuffle: boolean): Delivery[] {
    const taken = [...this.#inFlight];
    const marks = taken.map(() => "?").join(", ");
    // The + keeps SQLite from the index by time: it would sort all that is pending for the few that are taken.
    return this.#store.database
      .prepare(
        `SELECT id, endpoint_id, body, attempts FROM deliveries
         WHERE status = 'pending' AND +next_at_ms <= ? AND id NOT IN (${marks})
         ORDER BY ${shuffle ? "random()" : "id"} LIMIT ?`,
      )
      .all(Date.now(), ...taken, Math.max(concurrency - taken.length, 0))
      .map((row) => ({
        id: Number(row.id),
        endpointId: String(row.endpoint_id),
        body: String(row.body),
        attempts: Number(row.attempts),
      }));
  }

  #planNext(): void {
    if (this.#inFlight.size >= concurrency) return;
    const taken = [...this.#inFlight];
    const row = this.#store.database
      .prepare(
        `SELECT min(next_at_ms) AS at FROM deliveries WHERE status = 'pending' AND id NOT IN (${taken.map(() => "?").join(", ")})`,
      )
      .get(...taken);
    if (row === undefined || row.at === null) return;
    this.#timeout = setTimeout(() => this.wake(), Math.max(Number(row.at) - Date.now(), 0));
    this.#timeout.unref();
  }

  async #attempt(delivery: Delivery): Promise<void> {
    this.#inFlight.add(delivery.id);
    const outcome = await this.#send(delivery);
    this.#inFlight.delete(delivery.id);
    if (this.#abort.signal.aborted) return;
    this.#record(delivery, outcome);
    this.wake();
  }

  async #send(delivery: Delivery): Promise<{ status: number | null; error: string | null }> {
    const endpoint = this.#store.find("webhook_endpoint", delivery.endpointId);
    const secret = this.#store.hidden<{ secret: string }>(delivery.endpointId)?.secret;
    if (endpoint === null || secret === undefined) return { status: null, error: "the endpoint was deleted" };
    try {
      const response = await fetch(endpoint.url, {
        method: "POST",
        body: delivery.body,
        headers: {
          "content-type": "application/json; charset=utf-8",
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
          "stripe-signature": signatureHeader(delivery.body, secret, Math.floor(Date.now() / 1000)),
        },
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#abort.signal]),
      });
      await response.body?.cancel();
      return { status: response.status, error: response.ok ? null : `answered ${response.status}` };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message : "unreachable" };
    }
  }

  #record(delivery: Delivery, outcome: { status: number | null; error: string | null }): void {
    const retryMs = this.#retryScheduleMs[delivery.attempts];
    const gone = outcome.error === "the endpoint was deleted";
    const status = outcome.error === null ? "succeeded" : retryMs === undefined || gone ? "failed" : "pending";
    this.#store.database
      .prepare(
        `UPDATE deliveries SET status = ?, attempts = attempts + 1, next_at_ms = ?, response_status = ?, error = ?, delivered_at_ms = ?
         WHERE id = ?`,
      )
      .run(status, Date.now() + (retryMs ?? 0), outcome.status, outcome.error, Date.now(), delivery.id);
    if (status !== "succeeded") return;
    this.#store.database
      .prepare(
        `UPDATE events SET body = json_set(body, '$.pending_webhooks', max(json_extract(body, '$.pending_webhooks') - 1, 0))
         WHERE id = (SELECT event_id FROM deliveries WHERE id = ?)`,
      )
      .run(delivery.id);
  }

  #releaseWaiting(): void {
    if (this.#waiting.size === 0 || this.#inFlight.size > 0) return;
    const row = this.#store.database.prepare("SELECT 1 FROM deliveries WHERE status = 'pending' LIMIT 1").get();
    if (row !== undefined) return;
    for (const release of this.#waiting) release();
    this.#waiting.clear();
  }
}
