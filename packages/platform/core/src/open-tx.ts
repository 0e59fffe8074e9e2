import type { Actor, Identity } from "./actor.ts";
import type { Deps } from "./ctx.ts";
import { createOutbox } from "./outbox.ts";
import type { Log } from "./ports.ts";
import type { Tx } from "./tx.ts";

interface Opener {
  actor: Actor;
  identity: Identity;
  requestId: string;
  log: Log;
}

/** Opens a transaction under an identity and runs the after-commit work once it has committed. */
export async function openTx<T>(deps: Deps, opener: Opener, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const afterCommit: (() => Promise<void>)[] = [];
  const outbox = createOutbox();
  const result = await deps.database.transaction(opener.identity, async (db) => {
    const tx: Tx = {
      db,
      actor: opener.actor,
      requestId: opener.requestId,
      config: deps.config,
      log: opener.log,
      now: () => deps.clock.now(),
      tx: (inner) => inner(tx),
      emit: async (event, data) => outbox.add(event, data, tx.now()),
      enqueue: (job, data, options) => tx.enqueueAll(job, [{ ...options, data }]),
      async enqueueAll(job, jobs) {
        if (jobs.length === 0) return;
        // Parsed before the role is left: a refusal that somebody catches must not leave them as the login role.
        const parsed = jobs.map(({ data, ...options }) => ({ ...options, data: job.schema.parse(data) }));
        await deps.database.asLogin(db, opener.identity, () => deps.jobs.enqueue(db, job.queue, parsed));
      },
      afterCommit: (work) => void afterCommit.push(work),
    };
    const value = await fn(tx);
    if (outbox.seal()) await deps.database.asLogin(db, opener.identity, () => outbox.write(deps, tx));
    return value;
  });
  for (const work of [() => outbox.announce(deps), ...afterCommit]) {
    await work().catch((error: unknown) => opener.log.warn("core.after_commit_failed", { error: String(error) }));
  }
  return result;
}
