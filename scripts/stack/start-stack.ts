import { join } from "node:path";
import { appRouter, modules, startServer } from "@turnpike/api";
import type { Deps } from "@turnpike/core";
import { readEnv } from "@turnpike/core";
import { apiRole } from "@turnpike/database";
import { startMail } from "@turnpike/local-mail";
import { startPostgres } from "@turnpike/local-postgres";
import { startStripe } from "@turnpike/local-stripe";
import { startSupabase, tokenHashLink } from "@turnpike/local-supabase";
import { seedPlans } from "../seed/seed-plans.ts";
import { seedUsers } from "../seed/seed-users.ts";
import type { StackPorts } from "./free-port.ts";
import { stackPorts } from "./free-port.ts";
import { migrateDatabase } from "./migrate-database.ts";
import type { Secrets, Settings } from "./settings.ts";
import { localSecrets, providerNames } from "./settings.ts";
import type { StackInfo } from "./stack-file.ts";
import { Stoppers } from "./stoppers.ts";

/** A whole stack in this process. */
export interface Stack {
  info: StackInfo;
  stop(): Promise<void>;
}

interface StackOptions {
  settings: Settings;
  /** Where the stand-ins keep what they hold. */
  dataDir: string;
  /** The first port to try; each part takes the next free one from there. */
  firstPort: number;
  logLevel: string;
  onProgress: (message: string) => void;
}

/** Starts every part that the settings do not name from outside, migrates, seeds. Stops what it had started when one fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started = new Stoppers();
  try {
    const info = await bringUp(options, started);
    return { info, stop: () => started.stop() };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function bringUp(options: StackOptions, started: Stoppers): Promise<StackInfo> {
  const { settings, dataDir } = options;
  const secrets = await localSecrets(dataDir);
  const ports = await stackPorts(options.firstPort, settings.port);
  started.add(ports.releaseApi);
  const { ownerUrl, databaseUrl } = await migratedDatabase(options, started, secrets.apiPassword);
  const mail = settings.smtpUrl ? { smtpUrl: settings.smtpUrl, url: "" } : await mailCatcher(options, started, ports);
  const supabase =
    settings.supabase ??
    (await localSupabase(options, started, ports, { databaseUrl: ownerUrl, smtpUrl: mail.smtpUrl }));
  const webhookSecret = settings.webhookSecret ?? secrets.webhookSecret;
  const apiUrl = `http://127.0.0.1:${ports.api}`;
  const stripe =
    settings.stripe ??
    (await localStripe(options, started, ports, { url: `${apiUrl}/api/webhooks/stripe`, secret: webhookSecret }));
  const deps = await api(options, started, ports, {
    DATABASE_URL: databaseUrl,
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_SERVICE_KEY: supabase.serviceKey,
    STRIPE_API_BASE: stripe.apiBase,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  });
  return {
    apiUrl,
    frontendUrl: deps.config.frontendUrl,
    stripeUrl: stripe.apiBase ?? "",
    stripeSecretKey: stripe.secretKey,
    stripeWebhookSecret: webhookSecret,
    mailUrl: mail.url,
    supabaseUrl: supabase.url,
    anonKey: supabase.anonKey,
    serviceKey: supabase.serviceKey,
    databaseUrl: ownerUrl,
    apiDatabaseUrl: databaseUrl,
    ...(await seedDemo(options, deps, secrets)),
    pid: process.pid,
  };
}

async function migratedDatabase(options: StackOptions, started: Stoppers, apiPassword: string) {
  const { settings, onProgress } = options;
  const ownerUrl = settings.ownerUrl ?? (await database(options, started));
  const apiUrl = settings.apiUrl ?? loginAs(ownerUrl, apiRole, apiPassword);
  const bootstrap = settings.supabase ? "never" : "always";
  const { canUseLoginRole } = await migrateDatabase({ ownerUrl, apiUrl, bootstrap, onProgress });
  return { ownerUrl, databaseUrl: canUseLoginRole || settings.apiUrl ? apiUrl : ownerUrl };
}

async function api(options: StackOptions, started: Stoppers, ports: StackPorts, parts: NodeJS.ProcessEnv) {
  options.onProgress("API and worker");
  const own = { NODE_ENV: "development", ROLE: "all", LOG_LEVEL: options.logLevel, PORT: String(ports.api) };
  const env = readEnv({ ...process.env, ...providerNames(process.env), ...own, ...parts });
  await ports.releaseApi();
  const server = await startServer(env, modules, appRouter);
  started.add(() => server.stop(5_000));
  return server.deps;
}

const nobody = { email: "", password: "" };

/** Plans wherever Stripe is a test one; logins only on our own Supabase: nobody's real project gets an operator unasked. */
async function seedDemo({ settings, onProgress }: StackOptions, deps: Deps, secrets: Secrets) {
  onProgress("demo data");
  await seedPlans(deps).catch((error: unknown) => {
    // Somebody else's Stripe may refuse; that is no reason not to start.
    onProgress(`demo plans could not be made: ${error instanceof Error ? error.message : String(error)}`);
  });
  return settings.supabase ? { demo: nobody, operator: nobody } : seedUsers(deps, secrets);
}

async function database({ dataDir, onProgress }: StackOptions, started: Stoppers): Promise<string> {
  onProgress("database");
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), onProgress });
  started.add(() => postgres.stop());
  return postgres.url;
}

async function mailCatcher({ dataDir, onProgress }: StackOptions, started: Stoppers, ports: StackPorts) {
  onProgress("mail catcher");
  const mail = await startMail({ port: ports.mail, dataDir: join(dataDir, "mail") });
  started.add(() => mail.stop());
  return mail;
}

interface SupabaseNeeds {
  databaseUrl: string;
  smtpUrl: string;
}

async function localSupabase(options: StackOptions, started: Stoppers, ports: StackPorts, needs: SupabaseNeeds) {
  options.onProgress("Supabase Auth");
  const siteUrl = process.env.FRONTEND_URL || "http://localhost:3000";
  const dataDir = join(options.dataDir, "supabase");
  const supabase = await startSupabase({
    ...needs,
    dataDir,
    port: ports.supabase,
    siteUrl,
    linkTemplate: tokenHashLink,
  });
  started.add(() => supabase.stop());
  return supabase;
}

interface Webhook {
  url: string;
  secret: string;
}

async function localStripe(
  { dataDir, onProgress }: StackOptions,
  started: Stoppers,
  ports: StackPorts,
  webhook: Webhook,
) {
  onProgress("Stripe");
  const stripe = await startStripe({ dataDir: join(dataDir, "stripe"), port: ports.stripe, webhook });
  started.add(() => stripe.stop());
  return { apiBase: stripe.url, secretKey: stripe.secretKey };
}

function loginAs(url: string, user: string, password: string): string {
  return Object.assign(new URL(url), { username: user, password }).href;
}
