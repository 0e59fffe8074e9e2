import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { createTokenVerifier } from "@turnpike/auth";
import type { Env } from "@turnpike/core";
import type { AppOptions } from "./app.ts";
import { createApp } from "./app.ts";
import { listen } from "./listen.ts";
import { createOpenResponses } from "./open-responses.ts";
import type { OpenResponses } from "./open-responses.ts";

/** The HTTP side of a process. */
export interface RunningWeb {
  /**
   * Serves on for `noticeMs`, so that a balancer can turn away first; then refuses new connections, cuts event
   * streams and waits for the requests that run. What is still there after `drainMs` in all is cut off.
   */
  stop(drainMs: number, noticeMs: number): Promise<void>;
}

/** Listens on the port that the environment names. Errors: the port is taken. */
export async function startWeb(
  options: Omit<AppOptions, "verifyToken"> & { isDraining: () => boolean },
): Promise<RunningWeb> {
  const { env, isDraining } = options;
  const app = createApp({ ...options, verifyToken: createTokenVerifier(tokenSource(env)) });
  const responses = createOpenResponses();
  const server = createServer((req, res) => {
    responses.watch(res);
    // The next request on this connection would meet a process that is gone.
    if (isDraining()) res.setHeader("connection", "close");
    app(req, res);
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  // Nothing of ours is silent for so long, streams send a ping every 15 s: whoever takes no bytes is not there any more.
  server.timeout = 60_000;
  // Longer than any balancer keeps an idle connection (Render's and Cloudflare's about 100 s, AWS's 60 s): the one who
  // closes must be the one who sends, else a request meets a connection that is just closing, and is answered 502.
  server.keepAliveTimeout = 120_000;
  await listen(server, env, env.PORT);
  return {
    async stop(drainMs, noticeMs) {
      const force = setTimeout(() => server.closeAllConnections(), drainMs);
      await pause(Math.min(noticeMs, drainMs));
      await closed(server, responses);
      clearTimeout(force);
    },
  };
}

/** Refuses new connections, cuts streams and ends when the last connection is closed. */
async function closed(server: Server, responses: OpenResponses): Promise<void> {
  const isClosed = once(server, "close");
  server.close();
  responses.cutStreams();
  const sweep = setInterval(() => {
    // A connection whose request had its headers out before the drain turns idle later and would stay open.
    server.closeIdleConnections();
    // One that was open already may still have asked for a stream.
    responses.cutStreams();
  }, 50);
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
