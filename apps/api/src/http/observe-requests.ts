import type { Request, RequestHandler } from "express";
import type { Log } from "@turnpike/core";
import type { Meter } from "../metrics/meter.ts";

// As nginx says it of a client that did not wait for the answer.
const clientClosedRequest = 499;

/**
 * One log line and one count for each request that is no call of a procedure: procedures have their own. It says which
 * route, never which path: a path may carry a token.
 */
export function observeRequests(log: Log, meter: Meter | undefined): RequestHandler {
  return (req, res, next) => {
    if (/^\/trpc(?:\/|$)/.test(req.path)) return next();
    const startedAt = performance.now();
    res.once("close", () => {
      const route = routeOf(req);
      const status = res.writableFinished ? res.statusCode : clientClosedRequest;
      const durationMs = performance.now() - startedAt;
      meter?.served({ route, method: req.method, status, durationMs });
      const line = { requestId: req.get("x-request-id"), method: req.method, route, status };
      log[status >= 500 ? "warn" : "info"]("http.request", { ...line, durationMs: Math.round(durationMs) });
    });
    return next();
  };
}

/** The pattern of the route that answered, as it was declared; `unmatched` when none did. */
function routeOf(req: Request): string {
  const route: unknown = req.route;
  const isNamed = typeof route === "object" && route !== null && "path" in route;
  return isNamed && typeof route.path === "string" ? req.baseUrl + route.path : "unmatched";
}
