import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startMail } from "@turnpike/local-mail";
import { startSystemPostgres } from "@turnpike/local-postgres";
import { startStripe } from "@turnpike/local-stripe";
import { bootstrapDatabase, startSupabase, tokenHashLink } from "@turnpike/local-supabase";
import { apiUrlOf } from "../prepare-database.ts";
import { hasSystemPgbouncer, noPgbouncerReason, startSystemPgbouncer } from "../system-pgbouncer.ts";
import { hasSystemPostgres, noPostgresReason, systemPostgresVersion } from "../system-postgres.ts";
import { hasSystemRedis, noRedisReason, startSystemRedis } from "../system-redis.ts";
import { Balancer } from "./balancer.ts";
import type { Cluster, ClusterOptions } from "./cluster.ts";

/** What a cluster needs and this machine does not have, in one line; undefined when nothing is missing. */
export async function missingForCluster(): Promise<string | undefined> {
  const [hasPostgres, hasRedis, hasPgbouncer] = await Promise.all([
    hasSystemPostgres(),
    hasSystemRedis(),
    hasSystemPgbouncer(),
  ]);
  const missing = [
    ...(hasPostgres ? [] : [noPostgresReason]),
    ...(hasRedis ? [] : [noRedisReason]),
    ...(hasPgbouncer ? [] : [noPgbouncerReason]),
  ];
  return missing.length > 0 ? missing.join("; ") : undefined;
}

type PartsOptions = Pick<ClusterOptions, "main" | "poolSize" | "frontendUrl" | "onProgress"> & {
  webhookSecret: string;
};

/** Everything around the processes, and the environment that leads there. What has started is stopped when one fails. */
export async function startParts(options: PartsOptions) {
  const missing = await missingForCluster();
  if (missing) throw new Error(missing);
  await using started = new AsyncDisposableStack();
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => (started.defer(() => part.stop()), part);
  const folder = await mkdtemp(join(tmpdir(), "turnpike-cluster-"));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const balancer = new Balancer();
  await balancer.start();
  started.defer(() => balancer.close());
  options.onProgress?.("Redis");
  const redis = keep(await startSystemRedis());
  const database = await startDatabase(options, keep);
  options.onProgress?.("Supabase, Stripe, mail");
  const siteUrl = options.frontendUrl ?? "http://app.test";
  const mail = keep(await startMail({}));
  const addresses = { databaseUrl: database.ownerUrl, smtpUrl: mail.smtpUrl, siteUrl };
  const supabase = keep(await startSupabase({ ...addresses, dataDir: folder, linkTemplate: tokenHashLink }));
  const webhook = { url: `${balancer.url}/api/webhooks/stripe`, secret: options.webhookSecret };
  const stripe = keep(await startStripe({ webhook }));
  const parts = { ...database, balancer, redis, mail, supabase, stripe };
  const env = { ...environment(parts), FRONTEND_URL: siteUrl, STRIPE_WEBHOOK_SECRET: options.webhookSecret };
  const stoppers = started.move();
  return { ...parts, env, close: () => stoppers.disposeAsync() };
}

type Parts = Pick<Cluster, "balancer" | "redis" | "supabase" | "stripe" | "pooledUrl" | "ownerUrl">;

/** What a process in production is given, but for the secret of the webhook and the frontend. */
function environment({ balancer, redis, supabase, stripe, pooledUrl, ownerUrl }: Parts): Record<string, string> {
  return {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    TRUST_PROXY: "1",
    API_URL: balancer.url,
    DATABASE_URL: pooledUrl,
    // As on a platform that migrates before each release: the owner's, which nothing may be served as.
    DATABASE_DIRECT_URL: ownerUrl,
    REDIS_URL: redis.url,
    CACHE_PROVIDER: "redis",
    RATE_LIMIT_PROVIDER: "redis",
    EVENT_BUS_PROVIDER: "redis",
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_KEY: supabase.serviceKey,
    STRIPE_API_BASE: stripe.url,
    STRIPE_SECRET_KEY: stripe.secretKey,
  };
}

type Keep = <T extends { stop(): Promise<void> }>(part: T) => T;

/** PostgreSQL as a Supabase project has it, migrated by the bundle, with the pooler in front. */
async function startDatabase({ main, poolSize, onProgress }: PartsOptions, keep: Keep) {
  onProgress?.(`PostgreSQL ${systemPostgresVersion}`);
  const postgres = keep(await startSystemPostgres(systemPostgresVersion));
  const ownerUrl = postgres.url;
  await bootstrapDatabase(ownerUrl);
  const directUrl = apiUrlOf(ownerUrl, randomBytes(18).toString("base64url"));
  onProgress?.("migrations");
  const env = { DATABASE_DIRECT_URL: ownerUrl, DATABASE_URL: directUrl };
  await promisify(execFile)(process.execPath, [main, "migrate"], { cwd: dirname(main), env });
  onProgress?.("pgbouncer");
  const pgbouncer = keep(await startSystemPgbouncer({ databaseUrl: directUrl, ...(poolSize && { poolSize }) }));
  return { postgres, ownerUrl, directUrl, pgbouncer, pooledUrl: pgbouncer.url };
}
