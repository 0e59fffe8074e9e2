import { randomBytes } from "node:crypto";
import type { LocalMail } from "@turnpike/local-mail";
import type { SystemPostgres } from "@turnpike/local-postgres";
import type { LocalStripe } from "@turnpike/local-stripe";
import type { LocalSupabase } from "@turnpike/local-supabase";
import type { SystemPgbouncer } from "../system-pgbouncer.ts";
import type { SystemRedis } from "../system-redis.ts";
import type { Balancer } from "./balancer.ts";
import { startParts } from "./parts.ts";
import type { ServerProcess } from "./server-process.ts";
import { startServerProcess } from "./server-process.ts";

/** How a cluster is started. */
export interface ClusterOptions {
  /** The production bundle's `main.js`. */
  main: string;
  /** Web processes behind the balancer. Default 2. */
  webs?: number;
  /** Default 1. */
  workers?: number;
  /** Connections that the pooler opens to PostgreSQL. Default 5: far fewer than the processes ask for. */
  poolSize?: number;
  /** Variables of the processes besides or instead of the cluster's own. */
  env?: Record<string, string>;
  /** Where mails and checkouts lead back to. */
  frontendUrl?: string;
  onProgress?: (message: string) => void;
}

/**
 * The production form on one machine: processes of the bundle under NODE_ENV=production behind a balancer, on Debian's
 * PostgreSQL 15 through pgbouncer in transaction mode as `turnpike_api`, on a real Redis, with local Supabase, Stripe and mail.
 */
export interface Cluster {
  /** The balancer's. */
  url: string;
  balancer: Balancer;
  /** The running processes, oldest first; one that has ended is gone from here. */
  webs: ServerProcess[];
  workers: ServerProcess[];
  /** Starts one more and waits until the balancer sends it requests. */
  startWeb(): Promise<ServerProcess>;
  startWorker(): Promise<ServerProcess>;
  /** What every process gets besides ROLE and PORT. */
  env: Record<string, string>;
  /** The database itself: as its owner, and as `turnpike_api`. */
  ownerUrl: string;
  directUrl: string;
  /** The database through the pooler, as `turnpike_api`. */
  pooledUrl: string;
  postgres: SystemPostgres;
  pgbouncer: SystemPgbouncer;
  redis: SystemRedis;
  stripe: LocalStripe;
  webhookSecret: string;
  supabase: LocalSupabase;
  mail: LocalMail;
  /** Ends everything that was started, also what a test has broken. */
  close(): Promise<void>;
}

/** Starts a cluster. Errors: what `missingForCluster` says; a process that does not start, with its log. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const webhookSecret = `whsec_${randomBytes(24).toString("hex")}`;
  const parts = await startParts({ ...options, webhookSecret });
  const webs: ServerProcess[] = [];
  const workers: ServerProcess[] = [];
  const env = { ...parts.env, ...options.env };
  const start = async (role: "web" | "worker", list: ServerProcess[]): Promise<ServerProcess> => {
    options.onProgress?.(`${role} process`);
    const started = await startServerProcess(options.main, { ...env, ROLE: role });
    list.push(started);
    void started.ended.then(() => list.splice(list.indexOf(started), 1));
    return started;
  };
  const startWeb = async (): Promise<ServerProcess> => {
    const web = await start("web", webs);
    parts.balancer.add(web.url);
    void web.ended.then(() => parts.balancer.remove(web.url));
    await parts.balancer.until(web.url, "ready");
    return web;
  };
  const startWorker = () => start("worker", workers);
  const close = async (): Promise<void> => {
    await Promise.all([...webs, ...workers].map((running) => running.kill()));
    await parts.close();
  };
  try {
    for (let count = 0; count < (options.workers ?? 1); count += 1) await startWorker();
    for (let count = 0; count < (options.webs ?? 2); count += 1) await startWeb();
  } catch (error) {
    await close();
    throw error;
  }
  return { ...parts, url: parts.balancer.url, env, webs, workers, webhookSecret, startWeb, startWorker, close };
}
