import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appRouter, modules as allModules, startServer } from "@turnpike/api";
import type { RunningServer } from "@turnpike/api";
import { readEnv } from "@turnpike/core";
import type { Env, Module } from "@turnpike/core";
import { startMail } from "@turnpike/local-mail";
import { startStripe } from "@turnpike/local-stripe";
import { startSupabase } from "@turnpike/local-supabase";
import { createTestDatabase } from "@turnpike/testing";
import { freePort } from "./free-port.ts";

/** A server of ours with everything around it, on ports and a database of its own. */
export interface ServerBed {
  url: string;
  server: RunningServer;
  env: Env;
  mailUrl: string;
  ownerUrl: string;
  close(): Promise<void>;
}

/** Starts it. `env` overrides variables; `modules` replaces the list that runs (the router stays whole). */
export async function startServerBed(
  options: { env?: NodeJS.ProcessEnv; modules?: readonly Module[] } = {},
): Promise<ServerBed> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-api-"));
  const database = await createTestDatabase();
  const mail = await startMail({});
  const siteUrl = "http://app.test";
  const supabase = await startSupabase({
    databaseUrl: database.ownerUrl,
    dataDir: folder,
    smtpUrl: mail.smtpUrl,
    siteUrl,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = "whsec_of_the_bed";
  const stripe = await startStripe({ webhook: { url: `${url}/api/webhooks/stripe`, secret } });
  const env = readEnv({
    NODE_ENV: "test",
    LOG_LEVEL: "silent",
    PORT: String(port),
    FRONTEND_URL: siteUrl,
    DATABASE_URL: database.apiUrl,
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_KEY: supabase.serviceKey,
    STRIPE_API_BASE: stripe.url,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: secret,
    ...options.env,
  });
  const closeParts = async (): Promise<void> => {
    await Promise.all([stripe.stop(), supabase.stop(), mail.stop()]);
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  const server = await startServer(env, options.modules ?? allModules, appRouter).catch(async (error: unknown) => {
    await closeParts();
    throw error;
  });
  const close = async (): Promise<void> => {
    await server.stop(1000);
    await closeParts();
  };
  return { url, server, env, mailUrl: mail.url, ownerUrl: database.ownerUrl, close };
}
