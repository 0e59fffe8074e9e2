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
// A pooler without a free connection to the database logs a client in and lets its first statement wait.
const answerTimeoutMs = 5_000;
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
  #onProbe: () => void = () => undefined;
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

  /** Begins to listen and waits for nothing: until it listens, the queues are polled. */
  open(): void {
    this.#running = this.#run();
  }

  /** Ends the connection and every attempt, within a second. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#listen().catch((error: unknown) => this.#lose(error));
      const pauseMs = Math.min(longestPauseMs, 1000 * 2 ** Math.min(this.#failures++, 5));
      await pause(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** One connection from its beginning to its end. Rejects with what ended it, and resolves when it was closed. */
  async #listen(): Promise<void> {
    const socket = new Socket();
    const client = new pg.Client({
      stream: () => socket,
      connectionString: this.#options.url,
      application_name: "turnpike-wake-ups",
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
      keepAlive: true,
    });
    const over = new AbortController();
    const ended = Promise.withResolvers<void>();
    this.#closing.signal.addEventListener("abort", () => ended.resolve(), { once: true, signal: over.signal });
    client.on("error", ended.reject);
    client.on("end", () => ended.reject(new Error("the connection ended")));
    client.on("notification", ({ channel, payload }) => {
      if (channel === this.#probe) this.#onProbe();
      if (channel === this.#subscription.channel) this.#subscription.onNotification(payload ?? "");
    });
    try {
      await Promise.race([this.#use(client, AbortSignal.any([this.#closing.signal, over.signal])), ended.promise]);
    } finally {
      over.abort();
      // Where the way there is lost nobody answers a farewell.
      const farewell = client.end().catch(() => undefined);
      await Promise.race([farewell, pause(farewellMs, undefined, { ref: false })]);
      socket.destroy();
    }
  }

  /** Listens, and looks again and again whether a notification arrives, until it is over. Rejects when one did not. */
  async #use(client: pg.Client, over: AbortSignal): Promise<void> {
    await client.connect();
    await client.query(`listen ${pg.escapeIdentifier(this.#subscription.channel)}`);
    await client.query(`listen ${pg.escapeIdentifier(this.#probe)}`);
    if (!over.aborted) this.#subscription.onReconnect();
    while (!over.aborted) {
      await this.#hear(over);
      await pause(this.#options.checkEveryMs ?? 30_000, undefined, { signal: over }).catch(() => undefined);
    }
  }

  async #hear(over: AbortSignal): Promise<void> {
    const heard = new AbortController();
    this.#onProbe = () => heard.abort();
    // A database that takes no notification says nothing about who hears them.
    const isSent = await this.#options.database.query("select pg_notify($1, '')", [this.#probe]).then(
      () => true,
      () => false,
    );
    if (!isSent) return;
    await pause(hearWithinMs, undefined, { signal: AbortSignal.any([over, heard.signal]) }).catch(() => undefined);
    if (over.aborted) return;
    if (!heard.signal.aborted)
      throw new Error("a notification did not arrive: this is no session connection to the same database");
    this.#failures = 0;
    if (!this.#isHeard) this.#options.log.info("jobs.wake_ups_heard");
    this.#isHeard = true;
  }

  #lose(error: unknown): void {
    if (this.#isHeard && !this.#closing.signal.aborted) this.#options.log.warn("jobs.wake_ups_lost", { error });
    this.#isHeard = false;
  }
}
