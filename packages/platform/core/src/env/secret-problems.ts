import { isLoopback } from "./is-loopback.ts";

/** What the judgement of secrets looks at. Databases: connection URLs. */
interface Secrets {
  DATABASE_URL: string;
  DATABASE_DIRECT_URL?: string | undefined;
  SUPABASE_ANON_KEY: string;
  SUPABASE_SERVICE_KEY: string;
  SUPABASE_JWT_SECRET?: string | undefined;
  STRIPE_SECRET_KEY: string;
  STRIPE_WEBHOOK_SECRET: readonly string[];
  METRICS_TOKEN?: string | undefined;
}

// What stands in examples, and what people type to get past a prompt.
const placeholder =
  /^$|…|\.\.\.|[<>]|x{4}|change[-_ ]?me|replace[-_ ]?me|your[-_ ]|placeholder|^(secret|password|test|example)$/i;

// Keys that every installation of a tool or every reader of a manual has. The first three are of Supabase's local stack; its
// older keys begin with a header and an issuer that say so.
const published = [
  "super-secret-jwt-token-with-at-least-32-characters-long",
  "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH",
  "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwi",
  "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
  "sk_test_BQokikJOvBiI2HlWgH4olfQ2",
];
const weakPasswords = new Set(["postgres", "password", "secret", "turnpike", "turnpike_api", "admin", "test"]);

/**
 * Finds secrets that are missing, stand in examples or are known to everybody; one line each, `NAME: what is wrong`, which
 * never repeats a value. For production only.
 */
export function secretProblems(env: Secrets): string[] {
  const { SUPABASE_ANON_KEY, SUPABASE_SERVICE_KEY, SUPABASE_JWT_SECRET, STRIPE_SECRET_KEY, METRICS_TOKEN } = env;
  const keys = { SUPABASE_ANON_KEY, SUPABASE_SERVICE_KEY, SUPABASE_JWT_SECRET, STRIPE_SECRET_KEY, METRICS_TOKEN };
  const problems = Object.entries(keys).flatMap(([name, value]) => (value === undefined ? [] : ofKey(name, value)));
  problems.push(...env.STRIPE_WEBHOOK_SECRET.flatMap((secret) => ofKey("STRIPE_WEBHOOK_SECRET", secret, /^whsec_/)));
  if (!isDefault(STRIPE_SECRET_KEY) && !/^(sk|rk)_(test|live)_/.test(STRIPE_SECRET_KEY))
    problems.push("STRIPE_SECRET_KEY: not a secret or restricted key of Stripe (sk_…, rk_…)");
  if (SUPABASE_ANON_KEY === SUPABASE_SERVICE_KEY)
    problems.push("SUPABASE_SERVICE_KEY: the same as SUPABASE_ANON_KEY; it is the project's secret key");
  return [...problems, ...ofDatabase("DATABASE_URL", env), ...ofDatabase("DATABASE_DIRECT_URL", env)];
}

function ofKey(name: string, value: string, shape = /^/): string[] {
  if (isDefault(value)) return [`${name}: a default or a placeholder`];
  return shape.test(value) ? [] : [`${name}: not a secret of this kind`];
}

function isDefault(value: string): boolean {
  const own = value.replace(/^(?:whsec|(?:sk|rk)_(?:test|live)|sb_(?:secret|publishable))_/, "");
  return placeholder.test(own) || published.some((known) => value.startsWith(known));
}

function ofDatabase(name: "DATABASE_URL" | "DATABASE_DIRECT_URL", env: Secrets): string[] {
  const text = env[name];
  if (text === undefined) return [];
  const { username, password, hostname, searchParams } = new URL(text);
  const host = searchParams.getAll("host").at(-1) || hostname;
  // What listens on loopback or a socket only is kept by the machine's own walls.
  if (host.startsWith("/") || isLoopback(host)) return [];
  const secret = decodeURIComponent(password);
  if (secret === "") return [`${name}: it carries no password`];
  const isWeak = weakPasswords.has(secret) || secret === decodeURIComponent(username) || placeholder.test(secret);
  return isWeak ? [`${name}: its password is a default or a placeholder`] : [];
}
