import type { AnyRouter } from "@trpc/server";
import type { Deps, Env, Module } from "@turnpike/core";
import { EnvError } from "@turnpike/core";
import { openDeps } from "./deps.ts";
import type { OpenDeps } from "./deps.ts";
import { createProbes } from "./health/probes.ts";
import { createReadiness } from "./health/readiness.ts";
import { operationsRoutes, startOperations } from "./http/operations.ts";
import { startWeb } from "./http/start-web.ts";
import type { RunningWeb } from "./http/start-web.ts";
import { createLog } from "./log.ts";
import { watchProcess } from "./metrics/watch-process.ts";
import { productionWarnings } from "./production-warnings.ts";
import { startWorker, systemCtx } from "./worker.ts";

/** A running process of ours. */
export interface RunningServer {
  deps: Deps;
  /**
   * Turns `/readyz` to 503, serves on for `noticeMs`, refuses new connections, lets what runs finish, closes everything;
   * all within `drainMs`. Jobs that are still at work then go back to the queue.
   */
  stop(drainMs?: number, noticeMs?: number): Promise<void>;
}

// What is left of the drain for jobs when requests use up all of theirs.
const jobsShareMs = 5000;

/** Starts the roles that the environment names. All or nothing: a module that fails to start stops the start, named. */
export async function startServer(env: Env, modules: readonly Module[], appRouter: AnyRouter): Promise<RunningServer> {
  refuseUnknownModules(env, modules);
  const log = createLog(env.LOG_LEVEL);
  for (const warning of productionWarnings(env)) log.warn(warning);
  const open = await openDeps(env, modules, log);
  const life = { isDraining: false };
  try {
    const { web, closeOperations } = await startRoles(env, open, appRouter, () => life.isDraining);
    log.info("server.started", { role: env.ROLE, modules: modules.map(({ name }) => name) });
    return {
      deps: open.deps,
      async stop(drainMs = 30_000, noticeMs = 0) {
        log.info("server.stopping");
        life.isDraining = true;
        const startedAt = performance.now();
        await web?.stop(env.ROLE === "web" ? drainMs : drainMs - Math.min(jobsShareMs, drainMs / 2), noticeMs);
        await stopModules(open.deps);
        await open.close(Math.max(0, drainMs - (performance.now() - startedAt)));
        // Last, so that whoever asks meanwhile is told that we are draining.
        await closeOperations();
        log.info("server.stopped");
      },
    };
  } catch (error) {
    await open.close(0);
    throw error;
  }
}

interface Roles {
  web: RunningWeb | undefined;
  closeOperations: () => Promise<void>;
}

async function startRoles(env: Env, open: OpenDeps, appRouter: AnyRouter, isDraining: () => boolean): Promise<Roles> {
  const { deps, jobs, meter, poolStats } = open;
  const readiness = createReadiness(createProbes(env, open), deps.log);
  if (meter) watchProcess(meter, { deps, jobs, poolStats, readiness });
  const operations = operationsRoutes(env, { readiness, isDraining, meter });
  const closeOperations = await startOperations(env, operations);
  try {
    await startModules(deps);
    if (env.ROLE !== "web") await startWorker(deps, jobs);
    const web =
      env.ROLE === "worker" ? undefined : await startWeb({ env, deps, appRouter, operations, meter, isDraining });
    return { web, closeOperations };
  } catch (error) {
    await closeOperations();
    throw error;
  }
}

/** A typo would leave switched on what somebody meant to switch off. */
function refuseUnknownModules({ MODULES_DISABLED }: Env, modules: readonly Module[]): void {
  const known = modules.map(({ name }) => name);
  const unknown = MODULES_DISABLED.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new EnvError(`MODULES_DISABLED: ${unknown.join(", ")} is not known. Known: ${known.join(", ")}`);
}

async function startModules(deps: Deps): Promise<void> {
  for (const module of deps.modules) {
    try {
      await module.start?.(systemCtx(deps, `${module.name}.start`));
    } catch (error) {
      throw new Error(
        `module ${module.name} failed to start: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
}

async function stopModules(deps: Deps): Promise<void> {
  for (const module of deps.modules.toReversed()) {
    await module
      .stop?.()
      .catch((error: unknown) => deps.log.error("server.module_stop_failed", { module: module.name, error }));
  }
}
