import type { Env } from "@turnpike/core";

/** What is allowed in production and yet seldom meant, as events for the log. Empty anywhere else. */
export function productionWarnings(env: Pick<Env, "NODE_ENV" | "STRIPE_SECRET_KEY" | "FRONTEND_URL">): string[] {
  if (env.NODE_ENV !== "production") return [];
  const isTestMode = /^(sk|rk)_test_/.test(env.STRIPE_SECRET_KEY);
  const isFrontendLocal = ["localhost", "127.0.0.1", "[::1]"].includes(new URL(env.FRONTEND_URL).hostname);
  return [
    ...(isTestMode ? ["stripe.test_mode"] : []),
    // Mails would lead their readers to the readers' own machines.
    ...(isFrontendLocal ? ["server.frontend_is_local"] : []),
  ];
}
