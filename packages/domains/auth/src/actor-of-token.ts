import type { Ctx, SessionActor } from "@turnpike/core";
import { errors } from "./errors.ts";
import { readSessionState } from "./session-cache.ts";
import type { VerifiedToken } from "./token-verifier.ts";

/**
 * The actor behind a verified token: a user, or an operator where the profile says so. What is known of the session
 * may be a minute old. `ctx` may be anybody's; the token itself goes nowhere but into the actor.
 * Errors: auth.session_over for one that was ended, revoked or whose user is suspended;
 * auth.two_factor_required for an aal1 session of a user with a verified factor.
 */
export async function actorOfToken(ctx: Ctx, verified: VerifiedToken, accessToken: string): Promise<SessionActor> {
  const { userId, sessionId, email, aal, expiresAt } = verified;
  const state = await readSessionState(ctx, { sessionId, userId });
  if (!state.isLive) throw errors.session_over({ sessionId });
  if (state.hasSecondFactor && aal !== "aal2") throw errors.two_factor_required({ sessionId });
  return { type: state.isOperator ? "operator" : "user", userId, sessionId, email, aal, accessToken, expiresAt };
}
