import { createLog, modules, openDeps } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { EnvError, readEnv } from "@turnpike/core";
import { loadEnvFile, providerNames } from "./settings.ts";
import type { StackInfo } from "./stack-file.ts";
import { findRunningStack } from "./stack-file.ts";

/** What a script works with: the platform of the running stack, else the one that the environment names. */
export interface Platform {
  deps: Deps;
  /** The running stack, when it is that one. */
  stack: StackInfo | undefined;
  close(): Promise<void>;
}

/** Opens the platform for a script: no HTTP, no workers. Errors: EnvError when no stack runs and the environment is incomplete. */
export async function openPlatform(): Promise<Platform> {
  loadEnvFile();
  const stack = process.env.DATABASE_URL ? undefined : await findRunningStack();
  const own = { ROLE: "web", LOG_LEVEL: process.env.LOG_LEVEL || "warn" };
  const env = readEnv({ ...environment(stack), ...providerNames(process.env), ...own });
  const open = await openDeps(env, modules, createLog(env.LOG_LEVEL));
  return { deps: open.deps, stack, close: () => open.close(5_000) };
}

function environment(stack: StackInfo | undefined): NodeJS.ProcessEnv {
  if (process.env.DATABASE_URL) return process.env;
  if (!stack)
    throw new EnvError("Nothing to work on: start `pnpm dev` in this folder, or set the variables of .env.example.");
  return {
    ...process.env,
    DATABASE_URL: stack.apiDatabaseUrl,
    SUPABASE_URL: stack.supabaseUrl,
    SUPABASE_ANON_KEY: stack.anonKey,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    STRIPE_API_BASE: stack.stripeUrl,
    STRIPE_SECRET_KEY: stack.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: stack.stripeWebhookSecret,
  };
}
