import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { EnvError } from "@turnpike/core";

/** Which parts come from outside. Everything that is undefined is a stand-in of ours. */
export interface Settings {
  /** The database's owner: migrates, bootstraps. */
  ownerUrl: string | undefined;
  /** Where the API logs in; undefined: the owner's database as our login role. */
  apiUrl: string | undefined;
  supabase: { url: string; anonKey: string; serviceKey: string } | undefined;
  stripe: { apiBase: string | undefined; secretKey: string; webhookSecret: string } | undefined;
  /** For the local Stripe, when only the secret is given. */
  webhookSecret: string | undefined;
  smtpUrl: string | undefined;
  /** The port that was asked for; the next free one otherwise. */
  port: number | undefined;
}

/** Loads `.env` where there is one; what the shell set wins. */
export function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}

/** Reads from the environment what replaces stand-ins. Errors: EnvError naming what belongs together. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = (name: string): string | undefined => env[name] || undefined;
  return {
    ownerUrl: given("DATABASE_DIRECT_URL") ?? given("DATABASE_URL"),
    apiUrl: given("DATABASE_DIRECT_URL") ? given("DATABASE_URL") : undefined,
    supabase: supabaseOf(given),
    stripe: stripeOf(given),
    webhookSecret: given("STRIPE_WEBHOOK_SECRET"),
    smtpUrl: given("SMTP_URL"),
    port: portOf(given("PORT")),
  };
}

type Given = (name: string) => string | undefined;

function supabaseOf(given: Given): Settings["supabase"] {
  const names = ["SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_KEY"];
  if (!names.some(given)) return undefined;
  const [url, anonKey, serviceKey] = names.map(given);
  if (!url || !anonKey || !serviceKey || !given("DATABASE_URL"))
    throw new EnvError(`A real Supabase needs all of ${names.join(", ")} and that project's DATABASE_URL.`);
  return { url, anonKey, serviceKey };
}

function stripeOf(given: Given): Settings["stripe"] {
  const apiBase = given("STRIPE_API_BASE");
  const secretKey = given("STRIPE_SECRET_KEY");
  if (!apiBase && !secretKey) return undefined;
  const webhookSecret = given("STRIPE_WEBHOOK_SECRET");
  if (secretKey && /^(sk|rk)_live_/.test(secretKey))
    throw new EnvError(
      "STRIPE_SECRET_KEY is a live key: development makes demo plans and pays with test cards. Use a test key.",
    );
  if (!secretKey || !webhookSecret)
    throw new EnvError(
      "Another Stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET (and STRIPE_API_BASE, unless it is Stripe itself).",
    );
  return { apiBase, secretKey, webhookSecret };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new EnvError("PORT: a number from 1 to 65535");
  return port;
}

/** The providers of a stack: Redis for all three where one is given, unless a variable names another. */
export function providerNames(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!env["REDIS_URL"]) return {};
  const names = ["CACHE_PROVIDER", "RATE_LIMIT_PROVIDER", "EVENT_BUS_PROVIDER"];
  return Object.fromEntries(names.map((name) => [name, env[name] || "redis"]));
}

const Secrets = z.object({
  apiPassword: z.string(),
  webhookSecret: z.string(),
  demoPassword: z.string(),
  operatorPassword: z.string(),
});
export type Secrets = z.output<typeof Secrets>;

/** Secrets that the local stack makes once and keeps, so that restarts find what they left. */
export async function localSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, "secrets.json");
  await mkdir(dataDir, { recursive: true });
  if (existsSync(file)) return parseSecrets(await readFile(file, "utf8"));
  const secrets: Secrets = {
    apiPassword: randomBytes(18).toString("base64url"),
    webhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
    demoPassword: `demo-${randomBytes(6).toString("hex")}`,
    operatorPassword: `operator-${randomBytes(6).toString("hex")}`,
  };
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function parseSecrets(text: string): Secrets {
  try {
    return Secrets.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error("secrets.json of the local stack is damaged: remove the .turnpike folder to start afresh", {
      cause,
    });
  }
}
