import { withDeadline } from "@turnpike/core";
import type { Ctx, Tx } from "@turnpike/core";
import { isRateLimit } from "../failure-kind.ts";
import { RowsFailedError } from "../rows-failed-error.ts";
import { closeRun, listDue, lockLease, releaseLease, takeLease } from "../run-queries.ts";
import { planObjects } from "./plan-objects.ts";
import type { Plan, PlannedObject } from "./plan-objects.ts";
import { recordFailure } from "./record-failure.ts";
import type { Run, SubjectJob } from "./run.ts";

const maxRowsPerRun = 100;
const readsAtOnce = 4;

/**
 * How long a lease lasts, and how long its holder may read. The second is shorter, so that a slow holder gives up and
 * notes it before it is replaced. The first is what the customer of a killed process waits at most.
 */
export interface Timing {
  leaseSec: number;
  readDeadlineMs: number;
}

const defaultTiming: Timing = { leaseSec: 30, readDeadlineMs: 20_000 };

/**
 * Works off a subject's due events until none is left: take the lease and the events, read the objects they name back
 * from Stripe, apply them. Ends at once when somebody else holds the lease: whoever does looks for events that came
 * meanwhile before giving it back.
 */
export async function processSubject(
  ctx: Ctx,
  input: { subject: string; job: SubjectJob; timing?: Timing; onRateLimit?: () => void },
): Promise<void> {
  const { subject, job, timing = defaultTiming, onRateLimit } = input;
  let hasMore = true;
  while (hasMore) {
    const run = await ctx.tx((tx) => takeRun(tx, subject, timing.leaseSec));
    if (!run) return;
    hasMore = await finishRun(ctx, run, timing.readDeadlineMs).catch((error: unknown) => {
      if (isRateLimit(error)) onRateLimit?.();
      return recordFailure(ctx, { run, error, job });
    });
  }
}

async function takeRun(tx: Tx, subject: string, leaseSec: number): Promise<Run | undefined> {
  const ticket = await takeLease(tx.db, subject, leaseSec);
  if (ticket === undefined) return undefined;
  const rows = await listDue(tx.db, subject, maxRowsPerRun);
  const asOf = rows[0]?.listed_at;
  if (asOf) return { subject, ticket, rows, asOf };
  await releaseLease(tx.db, subject);
  return undefined;
}

/** Returns whether more events are due. */
async function finishRun(ctx: Ctx, run: Run, readDeadlineMs: number): Promise<boolean> {
  const mirrors = ctx.modules.flatMap((module) => module.stripe ?? []);
  const plan = planObjects(mirrors, run.rows, ctx.config.isStripeLive);
  const snapshots = await withDeadline(readObjects(ctx, plan.objects, run.asOf), readDeadlineMs);
  return ctx.tx((tx) => applyRun(tx, run, plan, snapshots));
}

/** Reads the present state of each object, a few at once, in the order of the plan. Errors: RowsFailedError. */
async function readObjects(ctx: Ctx, objects: readonly PlannedObject[], asOf: Date): Promise<unknown[]> {
  const snapshots: unknown[] = [];
  for (let start = 0; start < objects.length; start += readsAtOnce) {
    const slice = objects.slice(start, start + readsAtOnce);
    snapshots.push(
      ...(await Promise.all(
        slice.map((object) => blaming(object, () => object.mirror.read(ctx, object.id, object.event, asOf))),
      )),
    );
  }
  return snapshots;
}

async function applyRun(tx: Tx, run: Run, plan: Plan, snapshots: readonly unknown[]): Promise<boolean> {
  if (!(await lockLease(tx.db, run.subject, run.ticket))) {
    tx.log.warn("webhooks.lease_lost", { subject: run.subject, ticket: run.ticket });
    return false;
  }
  for (const [place, object] of plan.objects.entries()) {
    await blaming(object, () => object.mirror.apply(tx, object.id, snapshots[place], object.event));
  }
  const ids = run.rows.map(({ id }) => id);
  return closeRun(tx.db, { subject: run.subject, ids, unwantedIds: plan.unwantedIds });
}

async function blaming<T>({ rowIds }: PlannedObject, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new RowsFailedError(rowIds, cause);
  }
}
