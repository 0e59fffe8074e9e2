import type { Transaction } from "kysely";
import type { Identity } from "./actor.ts";
import type { DB } from "./schema.gen.ts";

/** Structured log of events, not sentences. No secrets, no bodies, no e-mail addresses. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Log;
}

/** Opens transactions under an identity. */
export interface DatabasePort {
  /** Runs `fn` in one transaction with the identity's role and claims set locally. Commits when `fn` resolves. */
  transaction<T>(identity: Identity, fn: (db: Transaction<DB>) => Promise<T>): Promise<T>;
  /** Steps out of the identity inside an open transaction, runs `fn` as the login role, and steps back. */
  asLogin<T>(db: Transaction<DB>, identity: Identity, fn: () => Promise<T>): Promise<T>;
}

/** A durable job to insert. `id` makes it idempotent: a second insert of the same id is nothing. */
export interface JobInsert {
  id?: string;
  data: object;
  startAfter?: Date;
  /** Of the jobs that are due the highest goes first, then the oldest. Default 0. */
  priority?: number;
}

/** Durable jobs in PostgreSQL; inserting belongs to the caller's transaction. */
export interface JobsPort {
  /** Inserts jobs within an open transaction. The workers wake when it commits. */
  enqueue(db: Transaction<DB>, queue: string, jobs: JobInsert[]): Promise<void>;
  stats(): Promise<QueueStats[]>;
  /** Jobs that failed for good, oldest first, after the one with the id `after`. Errors: core.invalid_input when that one is gone. */
  listDeadLetters(limit: number, after?: string): Promise<DeadLetter[]>;
  /** Puts a dead letter back to its queue. False when there is none of that id. */
  retryDeadLetter(id: string): Promise<boolean>;
}

/** A queue at a glance. `queued` waits, for its time or for a worker; `failed` is counted once a minute. */
export interface QueueStats {
  queue: string;
  queued: number;
  active: number;
  failed: number;
}

/** A job that failed for good. `error` is the last failure's message. */
export interface DeadLetter {
  id: string;
  queue: string;
  data: Record<string, unknown>;
  error: string | null;
  createdAt: Date;
}

/** Fan-out to every instance. May lose messages: what must happen is a durable listener. */
export interface EventBus {
  publish(channel: string, message: unknown): Promise<void>;
  /** Returns the function that ends the subscription. */
  subscribe(channel: string, listener: (message: unknown) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** A cache that may forget at any time. Values are JSON. */
export interface Cache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlSec: number): Promise<void>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

/** A limit: at most `points` in `durationSec` seconds, then blocked for `blockSec` (default: the rest of the window). */
export interface RateLimitRule {
  name: string;
  points: number;
  durationSec: number;
  blockSec?: number;
}

/** Counts what is limited. Rules are known by their names, so one name stands for one rule. */
export interface RateLimiter {
  /** Takes one point. `retryAfterSec` is 0 when allowed. */
  consume(rule: RateLimitRule, key: string): Promise<{ allowed: boolean; retryAfterSec: number }>;
  /** Forgets what was taken, for example after a right password. */
  reset(rule: RateLimitRule, key: string): Promise<void>;
  close(): Promise<void>;
}

/** Business time. Follows the local Stripe's clock on the local stack, wall time in production. */
export interface Clock {
  now(): Date;
}
