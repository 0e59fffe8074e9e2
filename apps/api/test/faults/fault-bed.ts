import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Kysely } from "kysely";
import Stripe from "stripe";
import { createStripeClient } from "@turnpike/api";
import type { DB } from "@turnpike/core";
import { openDatabase } from "@turnpike/database";
import { startSystemPostgres } from "@turnpike/local-postgres";
import type { SystemPostgres } from "@turnpike/local-postgres";
import { startStripe } from "@turnpike/local-stripe";
import { hasSystemPostgres, hasSystemRedis, noPostgresReason, noRedisReason } from "@turnpike/testing";
import {
  apiUrlOf,
  prepareDatabase,
  startServerProcess,
  startSystemRedis,
  systemPostgresVersion,
} from "@turnpike/testing";
import type { ServerProcess, SystemRedis, TestUser } from "@turnpike/testing";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const secret = "whsec_of_the_faults";
const supabaseUrl = "http://127.0.0.1:9";
const tokenSecret = "the-secret-of-a-project-that-signs-its-tokens-with-HS256";
const apiPassword = "the-password-of-the-api";

/** Why the suites of faults are skipped here; undefined where they can run. */
export const missing: string | undefined = await whatIsMissing();

/** One answer over HTTP, and how long it took. */
export interface Answer {
  status: number;
  /** Of the header, in seconds. */
  retryAfterSec: number | null;
  body: string;
  durationMs: number;
}

/** A server in a process of its own, on a PostgreSQL and a Redis that a test may break, and a Stripe that delivers nothing by itself. */
export interface FaultBed {
  postgres: SystemPostgres;
  redis: SystemRedis;
  stripe: Stripe;
  server: ServerProcess;
  /** Queries as the superuser, on connections that come back by themselves. */
  owner: Kysely<DB>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Signs and posts an event to the webhook route. */
  deliver(event: object): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts the bed. `databaseUrl` makes the URL that the server gets out of the one that leads to PostgreSQL itself. */
export async function startFaultBed(
  options: { env?: Record<string, string>; databaseUrl?: (direct: string) => Promise<string> } = {},
): Promise<FaultBed> {
  await using started = new AsyncDisposableStack();
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => (started.defer(() => part.stop()), part);
  const postgres = keep(await startSystemPostgres(systemPostgresVersion));
  const redis = keep(await startSystemRedis());
  const local = keep(await startStripe());
  await prepareDatabase(postgres.url, apiPassword);
  const owner = openDatabase({ url: postgres.url, max: 3 });
  started.defer(() => owner.close());
  const direct = apiUrlOf(postgres.url, apiPassword);
  const databaseUrl = (await options.databaseUrl?.(direct)) ?? direct;
  const server = await startServerProcess(main, {
    ...environment({ redis, stripeUrl: local.url, stripeKey: local.secretKey }),
    DATABASE_URL: databaseUrl,
    DATABASE_DIRECT_URL: direct,
    ...options.env,
  });
  started.defer(() => server.kill());
  const stripe = createStripeClient({ STRIPE_SECRET_KEY: local.secretKey, STRIPE_API_BASE: local.url });
  const get: FaultBed["get"] = (path, headers = {}) => answerOf(new URL(path, server.url), { headers });
  const stoppers = started.move();
  const deliver: FaultBed["deliver"] = (event) => deliverTo(server, event);
  return { postgres, redis, stripe, server, owner: owner.db, get, deliver, close: () => stoppers.disposeAsync() };
}

/** An access token of a person, as a project with a legacy secret gives it. */
export function accessToken({ userId, email, actor }: TestUser): string {
  const claims = {
    iss: `${supabaseUrl}/auth/v1`,
    aud: "authenticated",
    role: "authenticated",
    sub: userId,
    session_id: actor.sessionId,
    email,
    aal: "aal1",
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const parts = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => Buffer.from(JSON.stringify(part)));
  const signed = parts.map((part) => part.toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", tokenSecret).update(signed).digest("base64url")}`;
}

async function whatIsMissing(): Promise<string | undefined> {
  const [hasPostgres, hasRedis] = await Promise.all([hasSystemPostgres(), hasSystemRedis()]);
  const reasons = [...(hasPostgres ? [] : [noPostgresReason]), ...(hasRedis ? [] : [noRedisReason])];
  return reasons.length > 0 ? reasons.join("; ") : undefined;
}

interface Addresses {
  redis: SystemRedis;
  stripeUrl: string;
  stripeKey: string;
}

function environment({ redis, stripeUrl, stripeKey }: Addresses): Record<string, string> {
  return {
    NODE_ENV: "test",
    TRUST_PROXY: "1",
    REDIS_URL: redis.url,
    CACHE_PROVIDER: "redis",
    RATE_LIMIT_PROVIDER: "redis",
    EVENT_BUS_PROVIDER: "redis",
    // Nobody signs in here: `accessToken` makes the tokens.
    SUPABASE_URL: supabaseUrl,
    SUPABASE_JWT_SECRET: tokenSecret,
    SUPABASE_ANON_KEY: "none",
    SUPABASE_SERVICE_KEY: "none",
    STRIPE_API_BASE: stripeUrl,
    STRIPE_SECRET_KEY: stripeKey,
    STRIPE_WEBHOOK_SECRET: secret,
  };
}

async function deliverTo(server: ServerProcess, event: object): Promise<Answer> {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  const headers = { "stripe-signature": signature, "content-type": "application/json" };
  return answerOf(new URL("/api/webhooks/stripe", server.url), { method: "POST", headers, body: payload });
}

async function answerOf(url: URL, init: RequestInit): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(url, init);
  const body = await response.text();
  const header = response.headers.get("retry-after");
  return {
    status: response.status,
    retryAfterSec: header === null ? null : Number(header),
    body,
    durationMs: performance.now() - startedAt,
  };
}
