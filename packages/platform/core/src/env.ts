import { z } from "zod";
import { addressProblems } from "./env/address-problems.ts";
import { databaseUrlProblems } from "./env/database-url-problems.ts";
import { secretProblems } from "./env/secret-problems.ts";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );
const httpUrl = z.url({ protocol: /^https?$/ });
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const flag = z
  .enum(["0", "1", "true", "false", ""])
  .default("0")
  .transform((text) => text === "1" || text === "true");
const port = z.coerce.number().int().min(1).max(65_535);

/** Every variable that the server reads, as `.env.example` explains them. */
const Env = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  PORT: port.default(8000),
  HOST: z.string().min(1).optional(),
  OPS_PORT: port.optional(),
  ROLE: z.enum(["all", "web", "worker"]).default("all"),
  API_URL: httpUrl.optional(),
  FRONTEND_URL: httpUrl.default("http://localhost:3000"),
  CORS_ORIGINS: list.pipe(z.array(httpUrl)),
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  MODULES_DISABLED: list,
  SINGLE_INSTANCE: flag,
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(500).default(10),
  SUPABASE_URL: httpUrl,
  SUPABASE_ANON_KEY: z.string().min(1),
  SUPABASE_SERVICE_KEY: z.string().min(1),
  SUPABASE_JWT_SECRET: z.string().min(32).optional(),
  /** Needed, and looked at, only where a provider is `redis`. */
  REDIS_URL: z.string().optional(),
  CACHE_PROVIDER: z.string().default("memory"),
  RATE_LIMIT_PROVIDER: z.string().default("memory"),
  EVENT_BUS_PROVIDER: z.string().default("memory"),
  STRIPE_SECRET_KEY: z.string().min(1),
  STRIPE_WEBHOOK_SECRET: list.refine((secrets) => secrets.length > 0, "at least one secret"),
  STRIPE_API_BASE: httpUrl
    .refine((url) => new URL(url).pathname === "/", "host and port only: Stripe's SDK adds the path itself")
    .optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[!-~]{16,}$/, "at least 16 characters that can be seen, no blanks")
    .optional(),
  PAYMENT_GRACE_DAYS: z.coerce.number().int().min(0).max(90).default(7),
});
export type Env = z.output<typeof Env>;

/** The environment cannot be used as it is; the message names each variable and what is wrong with it. */
export class EnvError extends Error {
  override name = "EnvError";
}

/**
 * Reads the environment. Empty values count as absent. Errors: EnvError, which never repeats a value.
 * In production memory providers need `ROLE=all` and `SINGLE_INSTANCE=1`.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Env.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => {
      const name = path.join(".");
      return `  ${name}: ${name in given ? message : "missing"}`;
    });
    throw new EnvError(`The environment is not complete:\n${lines.join("\n")}`);
  }
  if (parsed.data.ROLE !== "worker" && parsed.data.OPS_PORT === parsed.data.PORT)
    throw new EnvError("OPS_PORT: the same as PORT; leave it out, or give it a port of its own");
  const problems = productionProblems(parsed.data);
  if (problems.length > 0)
    throw new EnvError(`Not fit for production:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  return parsed.data;
}

function productionProblems(env: Env): string[] {
  if (env.NODE_ENV !== "production") return [];
  const { API_URL, SUPABASE_URL, STRIPE_API_BASE, DATABASE_URL, DATABASE_DIRECT_URL } = env;
  const problems = [
    ...secretProblems(env),
    ...addressProblems({ API_URL, SUPABASE_URL, STRIPE_API_BASE }),
    ...databaseUrlProblems({ DATABASE_URL, DATABASE_DIRECT_URL }),
  ];
  if (!API_URL) problems.push("API_URL: missing");
  const isAlone = env.ROLE === "all" && env.SINGLE_INSTANCE;
  for (const name of ["CACHE_PROVIDER", "RATE_LIMIT_PROVIDER", "EVENT_BUS_PROVIDER"] as const)
    if (env[name] === "memory" && !isAlone)
      problems.push(`${name}: memory works in one process only (ROLE=all with SINGLE_INSTANCE=1)`);
  return problems;
}
