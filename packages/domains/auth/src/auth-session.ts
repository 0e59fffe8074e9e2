import type { Session as SupabaseSession } from "@supabase/supabase-js";
import { decodeJwt } from "jose";
import { z } from "zod";
import type { Session, SignInResult } from "./models.ts";

/** What an answer of Supabase Auth says of the session that it began. */
export interface BegunSession {
  session: Session;
  userId: string;
  sessionId: string;
  email: string | null;
  /** The user has a verified factor and this session has not shown it yet. */
  needsSecondFactor: boolean;
}

const Claims = z.object({ session_id: z.uuid(), aal: z.string().optional(), exp: z.number() });

/** Reads a session that came from Supabase Auth over our own connection, so its token needs no second proof. */
export function readAuthSession(answer: SupabaseSession): BegunSession {
  const claims = Claims.parse(decodeJwt(answer.access_token));
  const hasFactor = (answer.user.factors ?? []).some(({ status }) => status === "verified");
  return {
    session: {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresAt: new Date(claims.exp * 1000),
    },
    userId: answer.user.id,
    sessionId: claims.session_id,
    email: answer.user.email ?? null,
    needsSecondFactor: hasFactor && claims.aal !== "aal2",
  };
}

/** A begun session as the caller gets it. */
export function signInResultOf(begun: BegunSession): SignInResult {
  const { session } = begun;
  if (begun.needsSecondFactor) return { status: "two_factor_required", session };
  return { status: "signed_in", session, user: { id: begun.userId, email: begun.email } };
}
