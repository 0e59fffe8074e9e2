import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStripe } from "@turnpike/local-stripe";
import { startSupabase } from "@turnpike/local-supabase";
import { hasSystemRedis, startSystemRedis } from "@turnpike/testing";
import { Stoppers } from "../../stack/stoppers.ts";
import type { Bundles } from "./bundles.ts";
import { buildBundles } from "./bundles.ts";
import type { Databases } from "./databases.ts";
import { openDatabases } from "./databases.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { startMeasuredServer } from "./measured-server.ts";
import type { Member } from "./seed.ts";
import { seedPlansOf, signUpMembers } from "./seed.ts";

/** Everything that the lines measure on. */
export interface Bed {
  databases: Databases;
  /** The production environment of our bundle, all but the port: of a web process, or of a web process with the worker in it. */
  env: Record<string, string>;
  /** Whether cache, limits and bus are on Redis; then the worker is a process of its own, else it is in that of the web. */
  hasRedis: boolean;
  /** People with sessions and organizations; they sign up when they are first asked for. */
  members(): Promise<Member[]>;
  /** Starts one of the programs; it ends with the bed at the latest. */
  start(program: keyof Bundles, options?: StartOptions): Promise<MeasuredServer>;
  close(): Promise<void>;
}

interface StartOptions {
  env?: Record<string, string>;
  hasInspector?: boolean;
  isWithoutHttp?: boolean;
}

interface BedOptions {
  /** Superuser's URL of a PostgreSQL server; absent: an embedded one. */
  serverUrl: string | undefined;
  /** Whether Redis stays out even where it is installed. */
  isWithoutRedis: boolean;
  /** How many people sign up. */
  people: number;
  onProgress: (message: string) => void;
}

/** Connections of each server's pool. */
const poolMax = "10";

/** Builds the programs and starts what they stand on. Stops what it had started when something fails. */
export async function openBed(options: BedOptions): Promise<Bed> {
  const started = new Stoppers();
  try {
    return await bringUp(options, started);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function bringUp(options: BedOptions, started: Stoppers): Promise<Bed> {
  const { serverUrl, isWithoutRedis, people, onProgress } = options;
  const folder = await mkdtemp(join(tmpdir(), "turnpike-bench-"));
  started.add(() => rm(folder, { recursive: true, force: true }));
  // When root runs this, the database's server is another user and must get in.
  await chmod(folder, 0o755);
  onProgress("building");
  const bundles = await buildBundles(folder);
  onProgress("database, Redis, Supabase, Stripe");
  const databases = await openDatabases(folder, serverUrl, started);
  const redisUrl = !isWithoutRedis && (await hasSystemRedis()) ? await redis(started) : null;
  const env = { ...(await standIns(folder, databases, started)), ...providers(redisUrl) };
  await seedPlansOf(env);
  const logFile = join(folder, "servers.log");
  const start: Bed["start"] = async (program, { env: own, ...rest } = {}) => {
    const server = await startMeasuredServer({ main: bundles[program], env: { ...env, ...own }, logFile, ...rest });
    started.add(() => server.stop());
    return server;
  };
  let members: Promise<Member[]> | undefined;
  return {
    databases,
    env,
    hasRedis: redisUrl !== null,
    members: () => (members ??= signUpMembers(env, databases.ownerUrl, people)),
    start,
    close: () => started.stop(),
  };
}

async function redis(started: Stoppers): Promise<string> {
  const server = await startSystemRedis();
  started.add(() => server.stop());
  return server.url;
}

/** The local Supabase and Stripe, in this process, which makes the load; while load is made nobody asks them, but for the worker. */
async function standIns(folder: string, databases: Databases, started: Stoppers): Promise<Record<string, string>> {
  const supabase = await startSupabase({
    databaseUrl: databases.ownerUrl,
    dataDir: join(folder, "supabase"),
    // Nothing is sent: addresses are confirmed at once.
    smtpUrl: "smtp://127.0.0.1:9",
    siteUrl: "http://127.0.0.1",
    autoconfirm: true,
  });
  started.add(() => supabase.stop());
  const stripe = await startStripe({});
  started.add(() => stripe.stop());
  return {
    NODE_ENV: "production",
    LOG_LEVEL: "info",
    HOST: "127.0.0.1",
    API_URL: "http://127.0.0.1",
    FRONTEND_URL: "http://127.0.0.1",
    // Callers come with an address of their own each, so that limits per client count and do not refuse.
    TRUST_PROXY: "1",
    SINGLE_INSTANCE: "1",
    DATABASE_URL: databases.apiUrl,
    DATABASE_POOL_MAX: poolMax,
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_KEY: supabase.serviceKey,
    STRIPE_API_BASE: stripe.url,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString("hex")}`,
    // Of the servers that ours is compared with.
    OWNER_URL: databases.ownerUrl,
    SYNC_DATABASE_URL: databases.syncUrl,
  };
}

function providers(redisUrl: string | null): Record<string, string> {
  const name = redisUrl === null ? "memory" : "redis";
  return {
    CACHE_PROVIDER: name,
    RATE_LIMIT_PROVIDER: name,
    EVENT_BUS_PROVIDER: name,
    // What is in memory stands for one process alone; then the worker has to be in it.
    ROLE: redisUrl === null ? "all" : "web",
    ...(redisUrl !== null && { REDIS_URL: redisUrl }),
  };
}
