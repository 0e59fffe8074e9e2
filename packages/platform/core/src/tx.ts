import type { Transaction } from "kysely";
import type { Actor } from "./actor.ts";
import type { AppConfig } from "./config.ts";
import type { EventType } from "./events.ts";
import type { Job } from "./module.ts";
import type { JobInsert, Log } from "./ports.ts";
import type { DB } from "./schema.gen.ts";

/** When a job runs, and what makes it one. */
export type JobOptions = Omit<JobInsert, "data">;

/**
 * An open transaction as somebody. It has no vendor on it: a call to Stripe, Supabase or the mail server
 * inside a transaction would hold locks for as long as they take, so there is none to call.
 */
export interface Tx {
  db: Transaction<DB>;
  actor: Actor;
  requestId: string;
  config: AppConfig;
  log: Log;
  now(): Date;
  /** Reuses this transaction, so that verbs compose. */
  tx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Writes the event and one job per durable listener as the last thing of this transaction; after commit the bus fans
   * it out. Events of an organization become visible in the order of their `sequence`. Data is parsed at once, by the
   * event's schema. Returns the event's id.
   */
  emit<T>(event: EventType<T>, data: T): Promise<string>;
  /** Adds a durable job in this transaction. With an `id` a second insert of it is nothing. */
  enqueue<T extends object>(job: Job<T>, data: T, options?: JobOptions): Promise<void>;
  /** Adds many jobs of one kind in one statement. */
  enqueueAll<T extends object>(job: Job<T>, jobs: readonly (JobOptions & { data: T })[]): Promise<void>;
  /** Runs after a successful commit. For what may get lost only. */
  afterCommit(fn: () => Promise<void>): void;
}
