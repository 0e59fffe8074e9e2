import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AnyRouter } from "@trpc/server";
import { createTokenVerifier } from "@turnpike/auth";
import type { Deps, Env, Module } from "@turnpike/core";
import { EnvError } from "@turnpike/core";
import { openDeps } from "./deps.ts";
import { createApp } from "./http/app.ts";
import { createLog } from "./log.ts";
import { startWorker, systemCtx } from "./worker.ts";

/** A running process of ours. */
export interface RunningServer {
  deps: Deps;
  /** Turns `/readyz` to 503, refuses new connections, lets what runs finish within `drainMs`, closes everything. */
  stop(drainMs?: number): Promise<void>;
}

/** Starts the roles that the environment names. All or nothing: a module that fails to start stops the start, named. */
export async function startServer(env: Env, modules: readonly Module[], appRouter: AnyRouter): Promise<RunningServer> {
  refuseUnknownModules(env, modules);
  const log = createLog(env.LOG_LEVEL);
  const open = await openDeps(env, modules, log);
  try {
    await startModules(open.deps);
    if (env.ROLE !== "web") await startWorker(open.deps, open.jobs);
    const web = env.ROLE === "worker" ? undefined : await startWeb(env, open.deps, appRouter);
    log.info("server.started", { role: env.ROLE, modules: modules.map(({ name }) => name) });
    return {
      deps: open.deps,
      async stop(drainMs = 30_000) {
        log.info("server.stopping");
        await web?.stop(drainMs);
        await stopModules(open.deps);
        await open.close(drainMs);
        log.info("server.stopped");
      },
    };
  } catch (error) {
    await open.close(0);
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

async function startWeb(env: Env, deps: Deps, appRouter: AnyRouter): Promise<{ stop(drainMs: number): Promise<void> }> {
  const state = { isDraining: false };
  const verifyToken = createTokenVerifier(tokenSource(env));
  const server = createServer(createApp({ env, deps, appRouter, verifyToken, isDraining: () => state.isDraining }));
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  await listen(server, env);
  return {
    async stop(drainMs) {
      state.isDraining = true;
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(force);
    },
  };
}

async function listen(server: Server, env: Env): Promise<void> {
  // In production a container's port must be reachable from outside; anywhere else nobody but this machine is meant.
  server.listen(env.PORT, env.HOST ?? (env.NODE_ENV === "production" ? "0.0.0.0" : "127.0.0.1"));
  await once(server, "listening");
}

function tokenSource(env: Env) {
  const issuer = new URL("/auth/v1", env.SUPABASE_URL).href;
  return {
    issuer,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    ...(env.SUPABASE_JWT_SECRET && { legacySecret: env.SUPABASE_JWT_SECRET }),
  };
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
