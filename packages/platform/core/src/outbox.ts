import { sql } from "kysely";
import { v5, v7 } from "uuid";
import type { Actor } from "./actor.ts";
import type { Deps } from "./ctx.ts";
import type { EventType } from "./events.ts";
import { listenerQueue, listenersOf } from "./listeners.ts";
import type { JobInsert } from "./ports.ts";
import type { Tx } from "./tx.ts";

/** The bus channel of committed domain events. Messages: `{ id, name, organizationId }`. */
export const eventsChannel = "events";

interface EmittedEvent {
  id: string;
  name: string;
  organizationId: string | null;
  data: unknown;
  occurredAt: Date;
}

/** What a transaction has emitted and not written yet. */
export interface Outbox {
  /** Parses the data and keeps the event for `write`. Errors: data that does not fit; a sealed outbox. */
  add<T>(event: EventType<T>, data: T, occurredAt: Date): string;
  /** Writes what was kept, with one job per durable listener. The last thing a transaction does, as the login role. */
  write(deps: Deps, tx: Pick<Tx, "db" | "actor" | "requestId">): Promise<void>;
  /** Takes no more from here on; says whether there is something to write. */
  seal(): boolean;
  /** Tells the bus what was written. For after the commit. */
  announce(deps: Deps): Promise<void>;
}

/**
 * Makes the outbox of one transaction. Events wait in it for the transaction's end, because writing them takes a lock
 * (see `insertEvents`): taken last, it is held for a moment only and nobody who holds it waits for anything else.
 */
export function createOutbox(): Outbox {
  const events: EmittedEvent[] = [];
  let isSealed = false;
  return {
    add(event, data, occurredAt) {
      if (isSealed) throw new Error(`${event.name} was emitted after its transaction had ended`);
      const parsed: unknown = event.schema.parse(data);
      const id = v7();
      events.push({ id, name: event.name, organizationId: organizationOf(parsed), data: parsed, occurredAt });
      return id;
    },
    seal() {
      isSealed = true;
      return events.length > 0;
    },
    async write(deps, tx) {
      await insertEvents(tx, events);
      for (const [queue, jobs] of jobsOf(deps, events)) await deps.jobs.enqueue(tx.db, queue, jobs);
    },
    async announce(deps) {
      for (const { id, name, organizationId } of events)
        await deps.bus.publish(eventsChannel, { id, name, organizationId });
    },
  };
}

/** Sets our locks apart from those of others that are made of an organization's id. */
const lockSeed = 4_711_206;

/**
 * Inserts events so that within an organization a lower `sequence` is never seen later than a higher one: whoever reads
 * "after sequence N" misses nothing. The number is drawn at the insert and not at the commit, so each organization's
 * lock is taken before the draw and held until the commit can be seen. All of them in one statement and in one order:
 * transactions with events of several organizations cannot wait for each other.
 */
async function insertEvents(
  tx: Pick<Tx, "db" | "actor" | "requestId">,
  events: readonly EmittedEvent[],
): Promise<void> {
  const rows = events.map((event, place) => ({
    place,
    id: event.id,
    name: event.name,
    organization_id: event.organizationId,
    data: event.data,
    occurred_at: event.occurredAt,
  }));
  await sql`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as emitted (place int, id uuid, name text, organization_id uuid, data jsonb, occurred_at timestamptz)
    ),
    gate as materialized (
      select pg_advisory_xact_lock(lock_key)::text as held
      from (
        select distinct hashtextextended(organization_id::text, ${lockSeed}) as lock_key
        from input where organization_id is not null order by lock_key
      ) as keys
    )
    insert into private.events (id, name, organization_id, actor, data, request_id, occurred_at)
    select id, name, organization_id, ${JSON.stringify(publicActor(tx.actor))}::jsonb, data, ${tx.requestId}, occurred_at
    from input, (select count(held) from gate) as taken
    order by place`.execute(tx.db);
}

function jobsOf(deps: Deps, events: readonly EmittedEvent[]): Map<string, JobInsert[]> {
  const jobs = new Map<string, JobInsert[]>();
  for (const { id, name } of events) {
    for (const { module, listener } of listenersOf(deps.modules, name)) {
      const queue = listenerQueue(module, listener);
      // The id is made of event and listener, so that whoever sends it twice sends it once.
      jobs.set(queue, [...(jobs.get(queue) ?? []), { id: v5(queue, id), data: { eventId: id } }]);
    }
  }
  return jobs;
}

function organizationOf(data: unknown): string | null {
  if (typeof data !== "object" || data === null || !("organizationId" in data)) return null;
  return typeof data.organizationId === "string" ? data.organizationId : null;
}

/** What the log of events keeps of an actor: who, never the token. */
function publicActor(actor: Actor): Record<string, unknown> {
  switch (actor.type) {
    case "user":
    case "operator":
      return { type: actor.type, userId: actor.userId, sessionId: actor.sessionId };
    case "apiKey":
      return { type: actor.type, keyId: actor.keyId, organizationId: actor.organizationId };
    case "system":
    case "webhook":
    case "anonymous":
      return actor;
    default:
      return actor satisfies never;
  }
}
