import { Router } from "express";
import type { Readiness } from "../health/readiness.ts";

/** What the routes of operators show. */
export interface HealthOptions {
  readiness: () => Promise<Readiness>;
  phase: () => Phase;
}

/** Where a process is in its life: it serves while it is `running` only. */
export type Phase = "starting" | "running" | "draining";

/**
 * `/healthz`: 200 while the process answers. `/readyz`: 200 while it can serve, with how everything is that it stands on
 * (`Readiness`); 503 while the database or jobs are down, or the process is starting or draining (`{ "status": "starting" }`).
 * Neither needs a credential, and both answer within three seconds.
 */
export function healthRoutes({ readiness, phase }: HealthOptions): Router {
  const routes = Router();
  routes.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  routes.get("/readyz", async (_req, res) => {
    res.setHeader("cache-control", "no-store");
    const status = phase();
    if (status !== "running") return void res.status(503).json({ status });
    const answer = await readiness();
    if (answer.status !== "ready") res.status(503).setHeader("retry-after", "2");
    return void res.json(answer);
  });
  return routes;
}
