import { createHash } from "node:crypto";
import type { Ctx, RateLimitRule } from "@turnpike/core";
import { consume } from "@turnpike/core";

const minuteSec = 60;
const hourSec = 3600;

/** Limits by client address; generous, because an office is one address. */
export const clientLimits = {
  signUp: { name: "auth.sign_up.client", points: 200, durationSec: hourSec },
  signIn: { name: "auth.sign_in.client", points: 100, durationSec: 5 * minuteSec },
  mail: { name: "auth.mail.client", points: 30, durationSec: hourSec },
  link: { name: "auth.link.client", points: 60, durationSec: 15 * minuteSec },
} satisfies Record<string, RateLimitRule>;

/** Limits by account, whether or not it exists: the answer must not tell. */
export const accountLimits = {
  signUp: { name: "auth.sign_up.account", points: 5, durationSec: hourSec },
  resendConfirmation: { name: "auth.resend_confirmation.account", points: 5, durationSec: hourSec },
  requestPasswordReset: { name: "auth.request_password_reset.account", points: 5, durationSec: hourSec },
} satisfies Record<string, RateLimitRule>;

/**
 * Limits of tries at a password. Few for one client at one account; for an account over all clients so many that one
 * stranger cannot use them up and keep the owner out, and few enough against guessing from many addresses.
 */
const signInLimits = {
  ofClient: { name: "auth.sign_in.account_client", points: 10, durationSec: 15 * minuteSec },
  ofAll: { name: "auth.sign_in.account", points: 100, durationSec: hourSec },
} satisfies Record<string, RateLimitRule>;

/** Takes one try at an account's password. A client that has none left takes none of the others'. Errors: core.limited. */
export async function consumeSignInTry(ctx: Ctx, email: string): Promise<void> {
  await consume(ctx, signInLimits.ofClient, accountClientKey(ctx, email));
  await consume(ctx, signInLimits.ofAll, accountKey(email));
}

/** Forgets this client's tries at an account's password, and the sum over all clients: the owner has shown up. */
export async function resetSignInTries(ctx: Ctx, email: string): Promise<void> {
  await ctx.rateLimit.reset(signInLimits.ofClient, accountClientKey(ctx, email));
  await ctx.rateLimit.reset(signInLimits.ofAll, accountKey(email));
}

/** Takes one point of an account's limit. Errors: core.limited. */
export function consumeByAccount(ctx: Ctx, rule: RateLimitRule, email: string): Promise<void> {
  return consume(ctx, rule, accountKey(email));
}

/** Addresses stay out of the limiter's store; Supabase Auth compares them in lower case too. */
function accountKey(email: string): string {
  return createHash("sha256").update(email.toLowerCase()).digest("base64url");
}

function accountClientKey(ctx: Ctx, email: string): string {
  return `${accountKey(email)}:${ctx.clientAddress}`;
}
