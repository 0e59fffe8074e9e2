import type { RequestHandler } from "express";

const allowedHeaders =
  "authorization, content-type, idempotency-key, last-event-id, trpc-accept, turnpike-organization, x-request-id";
const exposedHeaders = "retry-after, x-request-id";

/** CORS for an exact list of origins. No credentials: browsers send a bearer token, never a cookie. */
export function cors(allowedOrigins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    res.vary("Origin");
    const origin = req.get("origin");
    if (origin !== undefined && allowedOrigins.includes(origin)) {
      res.setHeader("access-control-allow-origin", origin);
      res.setHeader("access-control-expose-headers", exposedHeaders);
      if (req.method === "OPTIONS" && req.get("access-control-request-method") !== undefined) {
        res.setHeader("access-control-allow-methods", "GET, POST");
        res.setHeader("access-control-allow-headers", allowedHeaders);
        res.setHeader("access-control-max-age", "7200");
        return void res.status(204).end();
      }
    }
    return next();
  };
}
