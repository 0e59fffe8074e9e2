import { z } from "zod";
import { Page, PageInput } from "@turnpike/core";

/** What a procedure does: read, change, or go on telling. */
export const ProcedureType = z.enum(["query", "mutation", "subscription"]);
export type ProcedureType = z.output<typeof ProcedureType>;

/** A module as it was loaded. */
export const ModuleInfo = z.object({
  name: z.string(),
  /** Switched off by `MODULES_DISABLED`: its procedures answer not found, its listeners and jobs go on. */
  isDisabled: z.boolean(),
  /** Names below the module: `inbox.list`. */
  procedures: z.array(z.object({ name: z.string(), type: ProcedureType })),
  /** Codes of the errors it refuses with, and names of the events that happen in it. */
  errors: z.array(z.string()),
  events: z.array(z.string()),
  /** Durable listeners and the events they wait for. */
  listeners: z.array(z.object({ name: z.string(), event: z.string() })),
  /** Queues of its jobs. */
  jobs: z.array(z.string()),
  /** Schedules; `cron` has five fields, UTC. */
  schedules: z.array(z.object({ name: z.string(), cron: z.string() })),
  /** Kinds of Stripe object that it mirrors. */
  stripeObjects: z.array(z.string()),
});
export type ModuleInfo = z.output<typeof ModuleInfo>;

/** A queue at a glance. */
export const QueueInfo = z.object({
  queue: z.string(),
  /** Jobs that wait, for their time or for a worker. */
  queued: z.number().int(),
  active: z.number().int(),
  /** Jobs that failed for good; counted once a minute. */
  failed: z.number().int(),
});
export type QueueInfo = z.output<typeof QueueInfo>;

/** A job that failed for good and waits to be sent again. */
export const DeadLetterInfo = z.object({
  id: z.uuid(),
  /** The queue it failed in. */
  queue: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** The message of the last failure. */
  error: z.string().nullable(),
  /** When it came to rest. */
  createdAt: z.date(),
});
export type DeadLetterInfo = z.output<typeof DeadLetterInfo>;

/** A page of dead letters. */
export const DeadLetterPage = Page(DeadLetterInfo);
export type DeadLetterPage = z.output<typeof DeadLetterPage>;

/** A page of dead letters, the oldest first. */
export const ListDeadLettersInput = PageInput.extend({
  /** The `nextCursor` of the page before. */
  cursor: z.uuid().nullish(),
}).prefault({});
export type ListDeadLettersInput = z.output<typeof ListDeadLettersInput>;

/** Names a dead letter. */
export const DeadLetterId = z.object({ id: z.uuid() });
export type DeadLetterId = z.output<typeof DeadLetterId>;

/** The queue that a dead letter went back to is worked on again. */
export const Retried = z.object({ id: z.uuid(), status: z.literal("queued") });
export type Retried = z.output<typeof Retried>;
