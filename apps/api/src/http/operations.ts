import { once } from "node:events";
import { createServer } from "node:http";
import express, { Router } from "express";
import type { Env } from "@turnpike/core";
import type { Meter } from "../metrics/meter.ts";
import type { HealthOptions } from "./health.ts";
import { healthRoutes } from "./health.ts";
import { listen } from "./listen.ts";
import { metricsRoutes } from "./metrics.ts";

/** What operators and their machines ask. `meter` is there where `METRICS_TOKEN` is set. */
export interface OperationsOptions extends HealthOptions {
  meter: Meter | undefined;
}

/** `/healthz`, `/readyz` and, where there is a `METRICS_TOKEN`, `/metrics`. */
export function operationsRoutes(env: Pick<Env, "METRICS_TOKEN">, { meter, ...health }: OperationsOptions): Router {
  const routes = Router();
  routes.use(healthRoutes(health));
  if (meter && env.METRICS_TOKEN !== undefined) routes.use(metricsRoutes(meter, env.METRICS_TOKEN));
  return routes;
}

/**
 * Serves those routes and nothing else on `OPS_PORT`, where it is set: a worker serves no other HTTP, and a web process
 * can be watched past its balancer. Returns the function that stops it. Errors: the port is taken.
 */
export async function startOperations(env: Env, routes: Router): Promise<() => Promise<void>> {
  if (env.OPS_PORT === undefined) return async () => undefined;
  const app = express().disable("x-powered-by").disable("etag").use(routes);
  app.use((_req, res) => void res.status(404).json({ error: { message: "There is nothing here." } }));
  const server = createServer(app);
  server.requestTimeout = 10_000;
  await listen(server, env, env.OPS_PORT);
  return async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
}
