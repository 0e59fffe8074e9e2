import { createHash, timingSafeEqual } from "node:crypto";
import { Router } from "express";
import type { Meter } from "../metrics/meter.ts";

/** `GET /metrics` for whoever brings the token as `Authorization: Bearer`; 401 for everybody else. */
export function metricsRoutes(meter: Meter, token: string): Router {
  const expected = digest(token);
  const routes = Router();
  routes.get("/metrics", async (req, res) => {
    const given = /^Bearer (.+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? "";
    res.setHeader("cache-control", "no-store");
    // Digests are equally long, so that the time tells nothing about the token.
    if (!timingSafeEqual(digest(given), expected))
      return void res.status(401).setHeader("www-authenticate", 'Bearer realm="metrics"').end();
    return void res.setHeader("content-type", meter.contentType).end(await meter.scrape());
  });
  return routes;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
