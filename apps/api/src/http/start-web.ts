import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { AnyRouter } from "@trpc/server";
import { createTokenVerifier } from "@turnpike/auth";
import type { Env } from "@turnpike/core";
import type { OpenDeps } from "../deps.ts";
import { createApp } from "./app.ts";

/** The HTTP side of a process. */
export interface RunningWeb {
  /**
   * Turns `/readyz` to 503 and serves on for `noticeMs`, so that a balancer can turn away first; then refuses new
   * connections and waits for the requests that run. What is still there after `drainMs` in all is cut off.
   */
  stop(drainMs: number, noticeMs: number): Promise<void>;
}

/** Listens on the port that the environment names. Errors: the port is taken. */
export async function startWeb(
  env: Env,
  { deps, redisStatus }: Pick<OpenDeps, "deps" | "redisStatus">,
  appRouter: AnyRouter,
): Promise<RunningWeb> {
  const state = { isDraining: false };
  const verifyToken = createTokenVerifier(tokenSource(env));
  const isDraining = () => state.isDraining;
  const app = createApp({ env, deps, appRouter, verifyToken, isDraining, redisStatus });
  const server = createServer((req, res) => {
    // The next request on this connection would meet a process that is gone.
    if (state.isDraining) res.setHeader("connection", "close");
    app(req, res);
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  await listen(server, env);
  return {
    async stop(drainMs, noticeMs) {
      state.isDraining = true;
      const force = setTimeout(() => server.closeAllConnections(), drainMs);
      await pause(Math.min(noticeMs, drainMs));
      await closed(server);
      clearTimeout(force);
    },
  };
}

/** Refuses new connections and ends when the last one is closed. */
async function closed(server: Server): Promise<void> {
  const isClosed = once(server, "close");
  server.close();
  // A connection whose request had its headers out before the drain turns idle later and would stay open.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await isClosed;
  clearInterval(sweep);
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
