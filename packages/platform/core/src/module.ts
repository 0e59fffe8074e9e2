import type { AnyRouter } from "@trpc/server";
import type { Router as ExpressRouter } from "express";
import type Stripe from "stripe";
import type { z } from "zod";
import type { Actor } from "./actor.ts";
import type { Ctx } from "./ctx.ts";
import type { ErrorFactory } from "./errors.ts";
import type { DomainEvent, EventType } from "./events.ts";
import type { ModuleMetrics } from "./metrics.ts";
import type { Tx } from "./tx.ts";

/** A durable listener: runs at least once per event, once where it succeeds. */
export interface Listener {
  event: EventType;
  name: string;
  handle(ctx: Ctx, event: DomainEvent): Promise<void>;
}

/** Declares a durable listener with its event's data typed. `name` is a verb phrase, unique in its module. */
export function listener<T>(
  event: EventType<T>,
  name: string,
  handle: (ctx: Ctx, event: DomainEvent<T>) => Promise<void>,
): Listener {
  return { event, name, handle: (ctx, raw) => handle(ctx, { ...raw, data: event.schema.parse(raw.data) }) };
}

/** A kind of durable job. Data crosses the database as JSON, so the schema parses it on both sides. */
export interface Job<T extends object = object> {
  queue: string;
  schema: z.ZodType<T>;
  /** How many jobs one fetch takes; they run at once. */
  batchSize: number;
  /** How many fetches one process works on side by side: a batch waits for its slowest job, and must not hold up the rest. */
  workers: number;
  retryLimit: number;
  handle(ctx: Ctx, data: T): Promise<void>;
}

/** Declares a job; `queue` is `<module>.<verb>`. Defaults: batches of 20, one worker, 8 retries with growing back-off. */
export function defineJob<T extends object>(job: {
  queue: string;
  schema: z.ZodType<T>;
  batchSize?: number;
  workers?: number;
  retryLimit?: number;
  handle(ctx: Ctx, data: T): Promise<void>;
}): Job<T> {
  return { batchSize: 20, workers: 1, retryLimit: 8, ...job };
}

/** Runs on a schedule, once per due time over all instances. `cron` has five fields, UTC. */
export interface Schedule {
  name: string;
  cron: string;
  handle(ctx: Ctx): Promise<void>;
}

/** An object at Stripe that an event speaks of. */
export interface StripeRef {
  object: string;
  id: string;
}

/**
 * Mirrors one kind of Stripe object. The payload of an event is only a hint: `refs` says which objects it touches,
 * `read` gets their present state outside any transaction, `apply` writes it and emits what changed.
 */
export interface StripeMirror<T = unknown> {
  object: string;
  refs(event: Stripe.Event): StripeRef[];
  /**
   * Null when Stripe has no such object (any more). `event` is the newest about it, else the newest that named it; `asOf`
   * is the database's clock before the reading began and after every event that led to it was stored.
   */
  read(ctx: Ctx, id: string, event: Stripe.Event, asOf: Date): Promise<T | null>;
  apply(tx: Tx, id: string, snapshot: T | null, event: Stripe.Event): Promise<void>;
}

/** Declares a mirror and forgets the type of its snapshot, which passes only from its `read` to its `apply`. */
export function stripeMirror<T>(mirror: StripeMirror<T>): StripeMirror {
  return {
    object: mirror.object,
    refs: (event) => mirror.refs(event),
    read: (ctx, id, event, asOf) => mirror.read(ctx, id, event, asOf),
    apply: (tx, id, snapshot, event) => mirror.apply(tx, id, ownSnapshot<T>(snapshot), event),
  };
}

// A snapshot comes from the same mirror's `read`; the worker carries it without looking inside.
function ownSnapshot<T>(snapshot: unknown): T | null {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return snapshot as T | null;
}

/** What a module's HTTP side-routes get from the server. */
export interface HttpHost {
  createCtx(actor: Actor, request: { requestId: string; clientAddress: string }): Ctx;
}

/** A domain package as the server sees it. */
export interface Module {
  name: string;
  router?: AnyRouter;
  /** What it refuses; the table of `defineErrors`. */
  errors?: Readonly<Record<string, ErrorFactory>>;
  /** What happens in it; the table of `defineEvents`. */
  events?: Readonly<Record<string, EventType>>;
  listeners?: readonly Listener[];
  jobs?: readonly Job[];
  schedules?: readonly Schedule[];
  stripe?: readonly StripeMirror[];
  metrics?: ModuleMetrics;
  /** Adds raw Express routes. The router is mounted at the root, with no body parser before it. */
  http?(router: ExpressRouter, host: HttpHost): void;
  start?(ctx: Ctx): Promise<void>;
  stop?(): Promise<void>;
}

/** Declares a module: the default export of its `index.ts`. Keeps the router's type. */
export function defineModule<const M extends Module>(module: M): M {
  return module;
}
