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
import type { SupabaseOptions } from "@turnpike/local-supabase";
import { createTestDatabase, freePort } from "@turnpike/testing";

/** Everything around a server, and the environment that leads there. */
export interface Parts {
  url: string;
  variables: Record<string, string>;
  /** The database as its owner. */
  ownerUrl: string;
  close(): Promise<void>;
}

/** Starts what a server needs, on ports and a database of its own. */
export async function startParts(supabaseOptions: Partial<SupabaseOptions> = {}): Promise<Parts> {
  const folder = await mkdtemp(join(tmpdir(), "turnpike-api-"));
  const database = await createTestDatabase();
  const mail = await startMail({});
  const siteUrl = "http://app.test";
  const supabase = await startSupabase({
    databaseUrl: database.ownerUrl,
    dataDir: folder,
    smtpUrl: mail.smtpUrl,
    siteUrl,
    ...supabaseOptions,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = "whsec_of_the_bed";
  const stripe = await startStripe({ webhook: { url: `${url}/api/webhooks/stripe`, secret } });
  const variables = {
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
  };
  const close = async (): Promise<void> => {
    await Promise.all([stripe.stop(), supabase.stop(), mail.stop()]);
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, variables, ownerUrl: database.ownerUrl, close };
}

/** A server of ours in this process, with everything around it. */
export interface ServerBed {
  url: string;
  server: RunningServer;
  env: Env;
  close(): Promise<void>;
}

/** Starts it. `env` overrides variables; `modules` replaces the list that runs (the router stays whole). */
export async function startServerBed(
  options: { env?: NodeJS.ProcessEnv; modules?: readonly Module[]; supabase?: Partial<SupabaseOptions> } = {},
): Promise<ServerBed> {
  const parts = await startParts(options.supabase);
  try {
    const env = readEnv({ ...parts.variables, ...options.env });
    const server = await startServer(env, options.modules ?? allModules, appRouter);
    const close = async (): Promise<void> => {
      await server.stop(1000);
      await parts.close();
    };
    return { url: parts.url, server, env, close };
  } catch (error) {
    await parts.close();
    throw error;
  }
}
