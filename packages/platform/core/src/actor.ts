/**
 * Who does something. The same union for HTTP, listeners, webhooks, scripts and tests.
 * `user` and `operator` are people with a session; an operator is a platform administrator (`profiles.is_admin`).
 */
export type Actor =
  | { type: "anonymous" }
  | SessionActor
  | { type: "apiKey"; keyId: string; organizationId: string; scopes: readonly string[] }
  | { type: "system"; job: string }
  | { type: "webhook"; source: string };

/** A signed-in person. `accessToken` is what Supabase issued; it goes nowhere but back to Supabase. */
export interface SessionActor {
  type: "user" | "operator";
  userId: string;
  sessionId: string;
  email: string | null;
  /** Authenticator assurance level of the session. */
  aal: "aal1" | "aal2";
  accessToken: string;
  /** When the token runs out, wall time. What goes on for longer than a request ends with it. */
  expiresAt?: Date;
}

/**
 * The database role and JWT claims that a transaction runs under; row level security reads both. `none` stays the login
 * role, which owns nothing and may do only what it was granted directly.
 */
export interface Identity {
  role: "anon" | "authenticated" | "service_role" | "none";
  claims: Record<string, unknown>;
}

/**
 * Maps an actor to its database identity. `turnpike.vouched` says that our server checked the session;
 * Supabase Auth never issues a token with that claim, so nobody can bring it from outside.
 */
export function identityOf(actor: Actor): Identity {
  switch (actor.type) {
    case "anonymous":
      return { role: "anon", claims: { role: "anon" } };
    case "user":
    case "operator":
      return {
        role: "authenticated",
        claims: {
          role: "authenticated",
          sub: actor.userId,
          session_id: actor.sessionId,
          aal: actor.aal,
          turnpike: { vouched: true },
        },
      };
    case "apiKey":
      return {
        role: "authenticated",
        claims: {
          role: "authenticated",
          turnpike: { vouched: true, organization: actor.organizationId, scopes: actor.scopes },
        },
      };
    case "system":
      return systemIdentity;
    case "webhook":
      return loginIdentity;
    default:
      return actor satisfies never;
  }
}

/** The service role: row level security does not apply. Reached through `ctx.system(reason)` only. */
export const systemIdentity: Identity = {
  role: "service_role",
  claims: { role: "service_role" },
};

/** The login role: a webhook may store what came, together with its job. What follows is a system actor's work. */
export const loginIdentity: Identity = { role: "none", claims: {} };

/** A stable, log-safe name of an actor: `user:<id>`, `system:<job>`, … Never an address or a secret. */
export function actorKey(actor: Actor): string {
  switch (actor.type) {
    case "anonymous":
      return "anonymous";
    case "user":
    case "operator":
      return `${actor.type}:${actor.userId}`;
    case "apiKey":
      return `apiKey:${actor.keyId}`;
    case "system":
      return `system:${actor.job}`;
    case "webhook":
      return `webhook:${actor.source}`;
    default:
      return actor satisfies never;
  }
}
