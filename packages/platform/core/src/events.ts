import type { z } from "zod";

/** A kind of domain event: its full name (`billing.subscription_activated`) and the shape of its data. */
export interface EventType<T = unknown> {
  name: string;
  schema: z.ZodType<T>;
}

/** An event that happened. `sequence` is its place in the log; `occurredAt` is `ctx.now()` of the one who emitted it. */
export interface DomainEvent<T = unknown> {
  id: string;
  name: string;
  organizationId: string | null;
  occurredAt: Date;
  data: T;
}

type EventTypes<T extends Record<string, z.ZodType>> = { [K in keyof T]: EventType<z.output<T[K]>> };

/**
 * Declares a module's events, past tense. Data that holds an `organizationId` belongs to that organization:
 * its members see the event in their stream.
 */
export function defineEvents<const T extends Record<string, z.ZodType>>(module: string, schemas: T): EventTypes<T> {
  const entries = Object.entries(schemas).map(([name, schema]) => [name, { name: `${module}.${name}`, schema }]);
  return asEventTypes<T>(Object.fromEntries(entries));
}

// Object.fromEntries forgets the keys, which are exactly those of the schemas it was built from.
function asEventTypes<T extends Record<string, z.ZodType>>(types: unknown): EventTypes<T> {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return types as EventTypes<T>;
}
