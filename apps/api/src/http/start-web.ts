import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { createTokenVerifier } from "@turnpike/auth";
import type { Env } from "@turnpike/core";
import type { AppOptions } from "./app.ts";
import { createApp } from "./app.ts";
import { listen } from "./listen.ts";

/** The HTTP side of a process. */
export interface RunningWeb {
  /**
   * Serves on for `noticeMs`, so that a balancer can turn away first; then refuses new connections and waits for the
   * requests that run. What is still there after `drainMs` in all is cut off.
   */
  stop(drainMs: number, noticeMs: number): Promise<void>;
}

/** Listens on the port that the environment names. Errors: the port is taken. */
export async function startWeb(
  options: Omit<AppOptions, "verifyToken"> & { isDraining: () => boolean },
): Promise<RunningWeb> {
  const { env, isDraining } = options;
  const app = createApp({ ...options, verifyToken: createTokenVerifier(tokenSource(env)) });
  const server = createServer((req, res) => {
    // The next request on this connection would meet a process that is gone.
    if (isDraining()) res.setHeader("connection", "close");
    app(req, res);
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  await listen(server, env, env.PORT);
  return {
    async stop(drainMs, noticeMs) {
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

function tokenSource(env: Env) {
  const issuer = new URL("/auth/v1", env.SUPABASE_URL).href;
  return {
    issuer,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    ...(env.SUPABASE_JWT_SECRET && { legacySecret: env.SUPABASE_JWT_SECRET }),
  };
}
