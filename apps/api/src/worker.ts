import type { Ctx, Deps } from "@turnpike/core";
import { createCtx, newId } from "@turnpike/core";
import type { Jobs } from "@turnpike/jobs";
import { startWorkers } from "@turnpike/jobs";

/** Starts the worker role: durable listeners, jobs and schedules of every module. */
export function startWorker(deps: Deps, jobs: Jobs): Promise<void> {
  return startWorkers(jobs, deps.modules, (job, fields) => systemCtx({ ...deps, log: deps.log.child(fields) }, job));
}

/** A context of our own, outside any request: jobs, schedules, lifecycle, scripts. */
export function systemCtx(deps: Deps, job: string, organizationId: string | null = null): Ctx {
  return createCtx(deps, { type: "system", job }, { requestId: newId(), organizationId });
}
