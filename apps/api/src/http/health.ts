import { Router } from "express";
import { sql } from "kysely";
import type { Deps } from "@turnpike/core";
import { systemIdentity } from "@turnpike/core";

/** `/healthz`: the process answers. `/readyz`: it can serve: the database answers and it is not draining. */
export function healthRoutes(deps: Deps, isDraining: () => boolean): Router {
  const routes = Router();
  routes.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  routes.get("/readyz", async (_req, res) => {
    if (isDraining()) return void res.status(503).json({ status: "draining" });
    const loginRole = await probeDatabase(deps).catch(() => null);
    if (loginRole === null)
      return void res.status(503).setHeader("retry-after", "2").json({ status: "unavailable", database: "down" });
    return void res.json({ status: "ready", database: "up", loginRole });
  });
  return routes;
}

function probeDatabase({ database }: Deps): Promise<string> {
  return database.transaction(systemIdentity, async (db) => {
    const { rows } = await sql<{ login_role: string }>`select session_user::text as login_role`.execute(db);
    return rows[0]?.login_role ?? "";
  });
}
