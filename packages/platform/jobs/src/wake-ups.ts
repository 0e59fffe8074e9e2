import { once } from "node:events";
import { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "@turnpike/core";

/** Runs one text of SQL, of one statement or several, as the login role. */
export interface SqlRunner {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

interface WakeUpOptions {
  /** A session connection: LISTEN does not pass a transaction pooler. Any role may log in there. */
  url: string;
  /** Where everything else runs, and where notifications come from. */
  database: SqlRunner;
  log: Log;
  /** How often it is looked whether notifications arrive. Default 30 s. */
  checkEveryMs?: number;
}

interface Subscription {
  channel: string;
  onNotification: (payload: string) => void;
  /** Called whenever listening has begun anew: what was said meanwhile is lost. */
  onReconnect: () => void;
}

const connectTimeoutMs = 5_000;
const hearWithinMs = 5_000;
const farewellMs = 1_000;
const longestPauseMs = 30_000;

/**
 * Hears notifications over one session connection for as long as it is open, and never fails: while the connection is away or
 * deaf it says so in the log and tries again, with growing pauses up to 30 s, and the queues are polled meanwhile. Whether
 * notifications arrive is tried out, by sending one where the queues send theirs: a transaction pooler accepts LISTEN and then
 * delivers nothing, and so does a connection to another database.
 */
export class WakeUps {
  readonly #options: WakeUpOptions;
  readonly #subscription: Subscription;
  readonly #closing = new AbortController();
  // Its own channel: other processes have no use for it.
  readonly #probe = `turnpike_wake_up_${crypto.randomUUID().replaceAll("-", "")}`;
  #isHeard = true;
  #failures = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: WakeUpOptions, subscription: Subscription) {
    this.#options = options;
    this.#subscription = subscription;
  }

  /** Whether notifications have come whenever it was tried out. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Resolves when it listens, or when the first attempt has failed. */
  async open(): Promise<void> {
    const tried = Promise.withResolvers<void>();
    this.#running = this.#run(tried.resolve);
    await tried.promise;
  }

  /** Ends the connection and every attempt. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(onTried: () => void): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#listen(onTried).catch((error: unknown) => this.#lose(error));
      onTried();
      const pauseMs = Math.min(longestPauseMs, 1000 * 2 ** Math.min(this.#failures++, 5));
      await pause(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** One connection from its beginning to its end. Rejects with what ended it, and resolves when it was closed. */
  async #listen(onListening: () => void): Promise<void> {
    const socket = new Socket();
    const client = new pg.Client({
      stream: () => socket,
      connectionString: this.#options.url,
      application_name: "turnpike-wake-ups",
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    });
    const ended = Promise.withResolvers<never>();
    // It is awaited only once there is a connection.
    ended.promise.catch(() => undefined);
    client.on("error", ended.reject);
    client.on("end", () => ended.reject(new Error("the connection ended")));
    client.on("notification", ({ channel, payload }) => {
      if (channel === this.#subscription.channel) this.#subscription.onNotification(payload ?? "");
    });
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(this.#subscription.channel)}`);
      await client.query(`listen ${pg.escapeIdentifier(this.#probe)}`);
      this.#subscription.onReconnect();
      onListening();
      await Promise.race([this.#check(client), ended.promise]);
    } finally {
      // Where the way there is lost nobody answers a farewell.
      const farewell = client.end().catch(() => undefined);
      await Promise.race([farewell, pause(farewellMs, undefined, { ref: false })]);
      socket.destroy();
    }
  }

  /** Looks again and again whether a notification arrives, until it is closed. Rejects when one did not. */
  async #check(client: pg.Client): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#hear(client, signal);
      await pause(this.#options.checkEveryMs ?? 30_000, undefined, { signal }).catch(() => undefined);
    }
  }

  async #hear(client: pg.Client, closing: AbortSignal): Promise<void> {
    const heard = this.#untilProbe(client, AbortSignal.any([closing, AbortSignal.timeout(hearWithinMs)]));
    // A database that takes no notification says nothing about who hears them.
    const isSent = await this.#options.database.query("select pg_notify($1, '')", [this.#probe]).then(
      () => true,
      () => false,
    );
    const isHeard = await heard;
    if (!isSent || closing.aborted) return;
    if (!isHeard) throw new Error("a notification did not arrive: this is no session connection to the same database");
    this.#failures = 0;
    if (!this.#isHeard) this.#options.log.info("jobs.wake_ups_heard");
    this.#isHeard = true;
  }

  async #untilProbe(client: pg.Client, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const [notification] = await once(client, "notification", { signal }).catch(() => []);
      if (isOn(notification, this.#probe)) return true;
    }
    return false;
  }

  #lose(error: unknown): void {
    if (this.#isHeard && !this.#closing.signal.aborted) this.#options.log.warn("jobs.wake_ups_lost", { error });
    this.#isHeard = false;
  }
}

function isOn(notification: unknown, channel: string): boolean {
  return (
    typeof notification === "object" &&
    notification !== null &&
    "channel" in notification &&
    notification.channel === channel
  );
}
