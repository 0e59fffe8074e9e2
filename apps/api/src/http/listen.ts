import { once } from "node:events";
import type { Server } from "node:http";
import type { Env } from "@turnpike/core";

/** Listens where the environment says. Errors: the port is taken. */
export async function listen(server: Server, env: Pick<Env, "HOST" | "NODE_ENV">, port: number): Promise<void> {
  // In production a container's port must be reachable from outside; anywhere else nobody but this machine is meant.
  server.listen(port, env.HOST ?? (env.NODE_ENV === "production" ? "0.0.0.0" : "127.0.0.1"));
  await once(server, "listening");
}
