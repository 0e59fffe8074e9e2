import type { Ctx } from "@turnpike/core";
import { readAuthSession, signInResultOf } from "../auth-session.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { ConfirmEmailInput, SignInResult } from "../models.ts";

/** Confirms an address by the link that was sent to it, once, and begins a session. Errors: auth.token_invalid, auth.user_banned. */
export async function confirmEmail(ctx: Ctx, input: ConfirmEmailInput): Promise<SignInResult> {
  // Of type `signup`, not `email`: that would take the token of a reset as well.
  const { data, error } = await ctx.supabase
    .anonymous()
    .auth.verifyOtp({ type: "signup", token_hash: input.tokenHash });
  if (error) throw translateAuthError(error);
  if (!data.session) throw errors.token_invalid();
  const begun = readAuthSession(data.session);
  await ctx.tx((tx) => tx.emit(events.email_confirmed, { userId: begun.userId, sessionId: begun.sessionId }));
  return signInResultOf(begun);
}
