import type { Env } from "./env.ts";

/** The settings that domains may read. Parsed from the environment once, at start. */
export interface AppConfig {
  apiUrl: string;
  frontendUrl: string;
  /** Origins that browsers may call us from and that return URLs may have: `FRONTEND_URL` and `CORS_ORIGINS`. */
  allowedOrigins: readonly string[];
  /** Days that a subscription keeps access after it became past due. */
  paymentGraceDays: number;
  stripeWebhookSecrets: readonly string[];
  /** Whether the Stripe key is a live one. Webhook events of the other mode are stored and ignored. */
  isStripeLive: boolean;
  /** Names of modules whose procedures answer NOT_FOUND. */
  modulesDisabled: readonly string[];
}

// What every parser reads alike: backslashes, blanks, control characters and hosts that are normalized lead one of them
// to another host than the one that we compared; `blob:` has the origin of what it wraps.
const plainHttpUrl = /^https?:\/\/[!-[\]-~]+$/i;

/** Whether a return URL has exactly an allowed origin, compared as parsed URLs. It travels on as it is written. */
export function isAllowedReturnUrl(config: AppConfig, url: string): boolean {
  if (!plainHttpUrl.test(url) || !URL.canParse(url)) return false;
  const parsed = new URL(url);
  return parsed.username === "" && parsed.password === "" && config.allowedOrigins.includes(parsed.origin);
}

/** The settings of the environment that domains may read. `apiUrl` is where we listen unless `API_URL` says that a proxy stands before us. */
export function configOf(env: Env): AppConfig {
  return {
    apiUrl: env.API_URL ?? `http://${env.HOST ?? "127.0.0.1"}:${env.PORT}`,
    frontendUrl: env.FRONTEND_URL,
    allowedOrigins: [...new Set([env.FRONTEND_URL, ...env.CORS_ORIGINS].map((url) => new URL(url).origin))],
    paymentGraceDays: env.PAYMENT_GRACE_DAYS,
    stripeWebhookSecrets: env.STRIPE_WEBHOOK_SECRET,
    // Secret and restricted keys alike say their mode.
    isStripeLive: /^[a-z]+_live_/.test(env.STRIPE_SECRET_KEY),
    modulesDisabled: env.MODULES_DISABLED,
  };
}
