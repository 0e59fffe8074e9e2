import { isAuthSessionMissingError } from "@supabase/supabase-js";
import type { Ctx, SessionActor } from "@turnpike/core";
import { events } from "../events.ts";
import { translateAuthError } from "../gotrue-errors.ts";
import type { SignOutInput, SignOutResult } from "../models.ts";
import { forgetSessions, readSessionIds } from "../session-cache.ts";

// Names differ: what Supabase Auth calls global includes this session.
const authScopes = { this: "local", others: "others", all: "global" } as const;

/** Ends this session, all others of the user, or all. One that is over already is as good as ended now. */
export async function signOut(ctx: Ctx & { actor: SessionActor }, input: SignOutInput): Promise<SignOutResult> {
  const { userId, sessionId, accessToken } = ctx.actor;
  const ending = await sessionsInScope(ctx, input.scope);
  // An admin call that carries the user's token: no session is put into the service client.
  const { error } = await ctx.supabase.service.auth.admin.signOut(accessToken, authScopes[input.scope]);
  if (error && !isAuthSessionMissingError(error)) throw translateAuthError(error);
  await forgetSessions(ctx, ending);
  await ctx.tx((tx) => tx.emit(events.signed_out, { userId, sessionId, scope: input.scope }));
  return { status: "signed_out" };
}

async function sessionsInScope(ctx: Ctx & { actor: SessionActor }, scope: SignOutInput["scope"]): Promise<string[]> {
  const { userId, sessionId } = ctx.actor;
  if (scope === "this") return [sessionId];
  const all = await readSessionIds(ctx, userId);
  return scope === "all" ? all : all.filter((id) => id !== sessionId);
}
