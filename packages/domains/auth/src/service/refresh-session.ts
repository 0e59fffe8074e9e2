import type { Ctx } from "@turnpike/core";
import { readAuthSession } from "../auth-session.ts";
import { errors } from "../errors.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { RefreshInput, RefreshResult } from "../models.ts";

/** Renews a session. A refresh token that was used before ends the session. Errors: auth.session_over, auth.user_banned. */
export async function refreshSession(ctx: Ctx, input: RefreshInput): Promise<RefreshResult> {
  const { data, error } = await ctx.supabase.anonymous().auth.refreshSession({ refresh_token: input.refreshToken });
  if (error) throw translateAuthError(error);
  if (!data.session) throw errors.session_over();
  return { session: readAuthSession(data.session).session };
}
