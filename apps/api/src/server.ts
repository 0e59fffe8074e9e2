import type { AnyRouter } from "@trpc/server";
import type { Deps, Env, Module } from "@turnpike/core";
import { EnvError, withDeadline } from "@turnpike/core";
import { openDeps } from "./deps.ts";
import type { OpenDeps } from "./deps.ts";
import { createProbes } from "./health/probes.ts";
import { createReadiness } from "./health/readiness.ts";
import type { Phase } from "./http/health.ts";
import { operationsRoutes, startOperations } from "./http/operations.ts";
import { startWeb } from "./http/start-web.ts";
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
// Modules have little to stop, and one that hangs must not use up what the others need.
const moduleStopMs = 500;

/** How far a process is, and once it stops, until when (on `performance.now`'s clock) and what a balancer needs. */
interface Life {
  phase: Phase;
  endsAt: number;
  noticeMs: number;
}

/** Starts the roles that the environment names. All or nothing: a module that fails to start stops the start, named. */
export async function startServer(env: Env, modules: readonly Module[], appRouter: AnyRouter): Promise<RunningServer> {
  refuseUnknownModules(env, modules);
  const log = createLog(env.LOG_LEVEL);
  for (const warning of productionWarnings(env)) log.warn(warning);
  await using started = new AsyncDisposableStack();
  const open = await openDeps(env, modules, log);
  const life: Life = { phase: "starting", endsAt: 0, noticeMs: 0 };
  await startRoles({ env, open, appRouter, life, started });
  life.phase = "running";
  log.info("server.started", { role: env.ROLE, modules: modules.map(({ name }) => name) });
  const running = started.move();
  return {
    deps: open.deps,
    async stop(drainMs = 30_000, noticeMs = 0) {
      log.info("server.stopping");
      Object.assign(life, { phase: "draining", endsAt: performance.now() + drainMs, noticeMs } satisfies Life);
      await running.disposeAsync();
      log.info("server.stopped");
    },
  };
}

interface Start {
  env: Env;
  open: OpenDeps;
  appRouter: AnyRouter;
  life: Life;
  /** Takes what ends each part, whatever comes of the others: the last to start is the first to end. */
  started: AsyncDisposableStack;
}

async function startRoles({ env, open, appRouter, life, started }: Start): Promise<void> {
  const { deps, jobs, meter, poolStats } = open;
  const leftMs = (): number => Math.max(0, life.endsAt - performance.now());
  // Ends last, so that whoever asks meanwhile is told that we are draining.
  const operationsEnd = started.use(new AsyncDisposableStack());
  started.defer(() => open.close(leftMs()));
  const readiness = createReadiness(createProbes(env, open), deps.log);
  if (meter) watchProcess(meter, { deps, jobs, poolStats, readiness });
  const operations = operationsRoutes(env, { readiness, phase: () => life.phase, meter });
  operationsEnd.defer(await startOperations(env, operations));
  await startModules(deps, started);
  // A job may need what its module has started.
  started.defer(() => jobs.stop(leftMs()));
  if (env.ROLE !== "web") await startWorker(deps, jobs);
  if (env.ROLE === "worker") return;
  const isDraining = (): boolean => life.phase === "draining";
  const web = await startWeb({ env, deps, appRouter, operations, meter, isDraining });
  started.defer(() => {
    const drainMs = leftMs();
    return web.stop(env.ROLE === "web" ? drainMs : drainMs - Math.min(jobsShareMs, drainMs / 2), life.noticeMs);
  });
}

/** A typo would leave switched on what somebody meant to switch off. */
function refuseUnknownModules({ MODULES_DISABLED }: Env, modules: readonly Module[]): void {
  const known = modules.map(({ name }) => name);
  const unknown = MODULES_DISABLED.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new EnvError(`MODULES_DISABLED: ${unknown.join(", ")} is not known. Known: ${known.join(", ")}`);
}

async function startModules(deps: Deps, started: AsyncDisposableStack): Promise<void> {
  for (const module of deps.modules) {
    try {
      await module.start?.(systemCtx(deps, `${module.name}.start`));
    } catch (error) {
      throw new Error(
        `module ${module.name} failed to start: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    started.defer(() => stopModule(deps, module));
  }
}

async function stopModule({ log }: Deps, module: Module): Promise<void> {
  if (!module.stop) return;
  try {
    await withDeadline(module.stop(), moduleStopMs);
  } catch (error) {
    log.error("server.module_stop_failed", { module: module.name, error });
  }
}
