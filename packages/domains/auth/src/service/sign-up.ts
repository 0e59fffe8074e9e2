import type { Ctx } from "@turnpike/core";
import { readAuthSession } from "../auth-session.ts";
import { events } from "../events.ts";
import { isMailInterval, translateAuthError } from "../gotrue-errors.ts";
import type { SignUpInput, SignUpResult } from "../models.ts";
import { accountLimits, consumeByAccount } from "../rate-limits.ts";
import { confirmationUrl } from "./return-urls.ts";

/**
 * Makes an account. Where the project confirms addresses the answer is the same for a known one, and nothing happens
 * to that account; so it is for one that was sent its mail a moment ago. Errors: auth.weak_password, auth.account_exists, auth.sign_up_disabled, auth.email_refused, core.limited.
 */
export async function signUp(ctx: Ctx, input: SignUpInput): Promise<SignUpResult> {
  const { email, password, fullName } = input;
  await consumeByAccount(ctx, accountLimits.signUp, email);
  const { data, error } = await ctx.supabase.anonymous().auth.signUp({
    email,
    password,
    options: { data: { full_name: fullName }, emailRedirectTo: confirmationUrl(ctx) },
  });
  if (error && isMailInterval(error)) {
    // Only an address that waits for its confirmation meets this limit at the second try: saying it would tell which.
    ctx.log.warn("auth.mail_limited", { mail: "confirmation" });
    return { status: "confirmation_sent" };
  }
  if (error) throw translateAuthError(error);
  const begun = data.session && readAuthSession(data.session);
  // For a confirmed address Supabase Auth answers with a made-up user, who has no identities.
  const isReal = (data.user?.identities ?? []).length > 0;
  if (data.user && isReal) {
    const userId = data.user.id;
    await ctx.tx(async (tx) => {
      await tx.emit(events.signed_up, { userId });
      if (begun) await tx.emit(events.signed_in, { userId, sessionId: begun.sessionId, needsSecondFactor: false });
    });
  }
  if (!begun) return { status: "confirmation_sent" };
  return { status: "signed_in", session: begun.session, user: { id: begun.userId, email: begun.email } };
}
