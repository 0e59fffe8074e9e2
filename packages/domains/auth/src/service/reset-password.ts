import type { Ctx } from "@turnpike/core";
import type { BegunSession } from "../auth-session.ts";
import { readAuthSession } from "../auth-session.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { ResetPasswordInput, ResetPasswordResult } from "../models.ts";
import { resetNeedsSecondFactor } from "../queries.ts";
import { accountLimits, resetByAccount } from "../rate-limits.ts";
import { forgetSessions, readSessionIds } from "../session-cache.ts";

/**
 * Sets a new password by the link of a reset mail, once; all other sessions of the user end.
 * A user with a second factor gets `two_factor_required`, and the link stays good.
 * Errors: auth.token_invalid, auth.weak_password and auth.same_password (both use the link up), auth.user_banned.
 */
export async function resetPassword(ctx: Ctx, input: ResetPasswordInput): Promise<ResetPasswordResult> {
  const needsFactor = await ctx
    .system("second factor of a reset")
    .tx((tx) => resetNeedsSecondFactor(tx.db, input.tokenHash));
  if (needsFactor) return { status: "two_factor_required" };
  const begun = await setPassword(ctx, input);
  const { userId, sessionId, email, session } = begun;
  if (email !== null) await resetByAccount(ctx, accountLimits.signIn, email);
  await ctx.tx((tx) => tx.emit(events.password_reset, { userId, sessionId }));
  return { status: "signed_in", session, user: { id: userId, email } };
}

async function setPassword(ctx: Ctx, input: ResetPasswordInput): Promise<BegunSession> {
  const client = ctx.supabase.anonymous();
  const verified = await client.auth.verifyOtp({ type: "recovery", token_hash: input.tokenHash });
  if (verified.error) throw translateAuthError(verified.error);
  if (!verified.data.session) throw errors.token_invalid();
  const begun = readAuthSession(verified.data.session);
  const sessionIds = await readSessionIds(ctx, begun.userId);
  const updated = await client.auth.updateUser({ password: input.newPassword });
  if (updated.error) {
    // The link began a session that nobody gets.
    await client.auth.signOut({ scope: "local" });
    throw translateAuthError(updated.error, "newPassword");
  }
  await forgetSessions(ctx, sessionIds);
  return begun;
}
