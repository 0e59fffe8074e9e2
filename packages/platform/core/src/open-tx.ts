import { v5, v7 } from "uuid";
import type { Actor, Identity } from "./actor.ts";
import type { Deps } from "./ctx.ts";
import type { EventType } from "./events.ts";
import { listenerQueue, listenersOf } from "./listeners.ts";
import type { Log } from "./ports.ts";
import type { Tx } from "./tx.ts";

/** The bus channel of committed domain events. Messages: `{ id, name, organizationId }`. */
export const eventsChannel = "events";

interface Opener {
  actor: Actor;
  identity: Identity;
  requestId: string;
  log: Log;
}

/** Opens a transaction under an identity and runs the after-commit work once it has committed. */
export async function openTx<T>(deps: Deps, opener: Opener, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const afterCommit: (() => Promise<void>)[] = [];
  const result = await deps.database.transaction(opener.identity, (db) => {
    const tx: Tx = {
      db,
      actor: opener.actor,
      requestId: opener.requestId,
      config: deps.config,
      log: opener.log,
      now: () => deps.clock.now(),
      tx: (inner) => inner(tx),
      emit: (event, data) => emit(deps, opener, tx, event, data),
      async enqueue(job, data, options) {
        // Parsed before the role is left: a refusal that somebody catches must not leave them as the login role.
        const parsed = job.schema.parse(data);
        await deps.database.asLogin(db, opener.identity, () =>
          deps.jobs.enqueue(db, job.queue, [{ ...options, data: parsed }]),
        );
      },
      afterCommit: (work) => void afterCommit.push(work),
    };
    return fn(tx);
  });
  for (const work of afterCommit) {
    await work().catch((error: unknown) => opener.log.warn("core.after_commit_failed", { error: String(error) }));
  }
  return result;
}

async function emit<T>(deps: Deps, opener: Opener, tx: Tx, event: EventType<T>, data: T): Promise<string> {
  const id = v7();
  const parsed = event.schema.parse(data);
  const organizationId = organizationOf(parsed);
  const occurredAt = tx.now();
  await deps.database.asLogin(tx.db, opener.identity, async () => {
    await tx.db
      .insertInto("private.events")
      .values({
        id,
        name: event.name,
        organization_id: organizationId,
        actor: JSON.stringify(publicActor(opener.actor)),
        data: JSON.stringify(parsed),
        request_id: opener.requestId,
        occurred_at: occurredAt,
      })
      .execute();
    for (const { module, listener } of listenersOf(deps.modules, event.name)) {
      const queue = listenerQueue(module, listener);
      // The id is made of event and listener, so that whoever sends it twice sends it once.
      await deps.jobs.enqueue(tx.db, queue, [{ id: v5(queue, id), data: { eventId: id } }]);
    }
  });
  tx.afterCommit(() => deps.bus.publish(eventsChannel, { id, name: event.name, organizationId }));
  return id;
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
