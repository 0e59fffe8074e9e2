import type { Ctx } from "@turnpike/core";
import { readAuthSession, signInResultOf } from "../auth-session.ts";
import { events } from "../events.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { SignInInput, SignInResult } from "../models.ts";
import { consumeSignInTry, resetSignInTries } from "../rate-limits.ts";

/**
 * Begins a session by password. A right one forgets the tries before it.
 * Errors: auth.invalid_credentials (also for an unknown address), auth.email_not_confirmed, auth.user_banned, core.limited.
 */
export async function signIn(ctx: Ctx, input: SignInInput): Promise<SignInResult> {
  const { email, password } = input;
  await consumeSignInTry(ctx, email);
  const { data, error } = await ctx.supabase.anonymous().auth.signInWithPassword({ email, password });
  if (error) throw translateAuthError(error);
  const begun = readAuthSession(data.session);
  await resetSignInTries(ctx, email);
  const { userId, sessionId, needsSecondFactor } = begun;
  await ctx.tx((tx) => tx.emit(events.signed_in, { userId, sessionId, needsSecondFactor }));
  return signInResultOf(begun);
}
