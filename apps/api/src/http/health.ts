import { Router } from "express";
import { sql } from "kysely";
import type { Deps } from "@turnpike/core";
import { systemIdentity } from "@turnpike/core";

/** How Redis is; `off` where no provider uses it. */
export type RedisStatus = () => Promise<"up" | "degraded" | "off">;

interface HealthOptions {
  deps: Deps;
  isDraining: () => boolean;
  redisStatus: RedisStatus;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can serve: the database answers and it is not draining. Without Redis it
 * serves too, slower, and says so.
 */
export function healthRoutes({ deps, isDraining, redisStatus }: HealthOptions): Router {
  const routes = Router();
  routes.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  routes.get("/readyz", async (_req, res) => {
    if (isDraining()) return void res.status(503).json({ status: "draining" });
    const [loginRole, redis] = await Promise.all([probeDatabase(deps).catch(() => null), redisStatus()]);
    if (loginRole === null)
      return void res
        .status(503)
        .setHeader("retry-after", "2")
        .json({ status: "unavailable", database: "down", redis });
    return void res.json({ status: "ready", database: "up", loginRole, redis });
  });
  return routes;
}

function probeDatabase({ database }: Deps): Promise<string> {
  return database.transaction(systemIdentity, async (db) => {
    const { rows } = await sql<{ login_role: string }>`select session_user::text as login_role`.execute(db);
    return rows[0]?.login_role ?? "";
  });
}
