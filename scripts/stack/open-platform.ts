import { createLog, modules, openDeps } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { EnvError, readEnv } from "@turnpike/core";
import { loadEnvFile } from "./settings.ts";
import { findRunningStack } from "./stack-file.ts";

/** What a script works with: the platform of the running stack, else the one that the environment names. */
export interface Platform {
  deps: Deps;
  close(): Promise<void>;
}

/** Opens the platform for a script: no HTTP, no workers. Errors: EnvError when no stack runs and the environment is incomplete. */
export async function openPlatform(): Promise<Platform> {
  loadEnvFile();
  const env = readEnv({ ...(await environment()), ROLE: "web", LOG_LEVEL: process.env.LOG_LEVEL || "warn" });
  const open = await openDeps(env, modules, createLog(env.LOG_LEVEL));
  return { deps: open.deps, close: () => open.close(5_000) };
}

async function environment(): Promise<NodeJS.ProcessEnv> {
  if (process.env.DATABASE_URL) return process.env;
  const stack = await findRunningStack();
  if (!stack)
    throw new EnvError("Nothing to work on: start `pnpm dev` in this folder, or set the variables of .env.example.");
  return {
    ...process.env,
    DATABASE_URL: stack.databaseUrl,
    SUPABASE_URL: stack.supabaseUrl,
    SUPABASE_ANON_KEY: stack.anonKey,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    STRIPE_API_BASE: stack.stripeUrl,
    STRIPE_SECRET_KEY: stack.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: stack.stripeWebhookSecret,
  };
}
