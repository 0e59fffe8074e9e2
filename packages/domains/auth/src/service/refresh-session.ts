import type { Ctx } from "@turnpike/core";
import { coreErrors, withDeadline } from "@turnpike/core";
import { readAuthSession } from "../auth-session.ts";
import { errors } from "../errors.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { RefreshInput, RefreshResult } from "../models.ts";

/** supabase-js repeats a refresh that fails for half a minute; a request must not hang that long. */
const patienceMs = 5_000;

/**
 * Renews a session. A refresh token that was used before ends the session.
 * Errors: auth.session_over, auth.user_banned, core.unavailable after 5 s without an answer.
 */
export async function refreshSession(ctx: Ctx, input: RefreshInput): Promise<RefreshResult> {
  const renewing = ctx.supabase.anonymous().auth.refreshSession({ refresh_token: input.refreshToken });
  const { data, error } = await withDeadline(renewing, patienceMs, () =>
    coreErrors.unavailable({ what: "refresh" }, { retryAfterSec: 5 }),
  );
  if (error) throw translateAuthError(error);
  if (!data.session) throw errors.session_over();
  return { session: readAuthSession(data.session).session };
}
