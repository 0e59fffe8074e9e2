import type { SupabaseClient } from "@supabase/supabase-js";
import type { Ctx } from "@turnpike/core";
import type { BegunSession } from "../auth-session.ts";
import { readAuthSession } from "../auth-session.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { ResetPasswordInput, ResetPasswordResult } from "../models.ts";
import { resetNeedsSecondFactor } from "../queries.ts";
import { resetSignInTries } from "../rate-limits.ts";
import { currentLink, forgetLink, replaceLink } from "../reset-links.ts";
import { forgetSessions, readSessionIds } from "../session-cache.ts";

/**
 * Sets a new password by the link of a reset mail, once; all other sessions of the user end.
 * A user with a second factor gets `two_factor_required`. That and a refused password leave the link good.
 * Errors: auth.token_invalid, auth.weak_password, auth.same_password, auth.user_banned.
 */
export async function resetPassword(ctx: Ctx, input: ResetPasswordInput): Promise<ResetPasswordResult> {
  const tokenHash = await currentLink(ctx, input.tokenHash);
  const needsFactor = await ctx.system("second factor of a reset").tx((tx) => resetNeedsSecondFactor(tx.db, tokenHash));
  if (needsFactor) return { status: "two_factor_required" };
  const client = ctx.supabase.anonymous();
  const begun = await useLink(client, tokenHash);
  await setPassword(ctx, client, begun, input);
  await forgetLink(ctx, input.tokenHash);
  const { userId, sessionId, email, session } = begun;
  if (email !== null) await resetSignInTries(ctx, email);
  await ctx.tx((tx) => tx.emit(events.password_reset, { userId, sessionId }));
  return { status: "signed_in", session, user: { id: userId, email } };
}

/** Turns the link into a session that the client holds from here on. */
async function useLink(client: SupabaseClient, tokenHash: string): Promise<BegunSession> {
  const { data, error } = await client.auth.verifyOtp({ type: "recovery", token_hash: tokenHash });
  if (error) throw translateAuthError(error);
  if (!data.session) throw errors.token_invalid();
  return readAuthSession(data.session);
}

async function setPassword(
  ctx: Ctx,
  client: SupabaseClient,
  begun: BegunSession,
  input: ResetPasswordInput,
): Promise<void> {
  const sessionIds = await readSessionIds(ctx, begun.userId);
  const { error } = await client.auth.updateUser({ password: input.newPassword });
  if (!error) return forgetSessions(ctx, sessionIds);
  // The link began a session that nobody gets, and is used up: the next try needs another.
  await client.auth.signOut({ scope: "local" });
  if (begun.email !== null) await renewLink(ctx, input.tokenHash, begun.email);
  throw translateAuthError(error, "newPassword");
}

async function renewLink(ctx: Ctx, tokenHash: string, email: string): Promise<void> {
  const { data, error } = await ctx.supabase.service.auth.admin.generateLink({ type: "recovery", email });
  if (error) return ctx.log.warn("auth.reset_link_not_renewed", { authCode: error.code });
  await replaceLink(ctx, tokenHash, data.properties.hashed_token);
}
