import { createHash } from "node:crypto";
import type { SupabaseClient } from "@supabase/supabase-js";
import type Stripe from "stripe";
import type { Actor, Identity } from "./actor.ts";
import { actorKey, identityOf, systemIdentity } from "./actor.ts";
import type { AppConfig } from "./config.ts";
import { newId } from "./ids.ts";
import type { Metrics } from "./metrics.ts";
import type { Module } from "./module.ts";
import { openTx } from "./open-tx.ts";
import type { Cache, Clock, DatabasePort, EventBus, JobsPort, Log, RateLimiter } from "./ports.ts";
import type { Tx } from "./tx.ts";

/** The organization a request acts for, and what the caller is in it. */
export interface ActiveOrganization {
  id: string;
  name: string;
  role: "owner" | "admin" | "member" | "apiKey";
}

/** Somebody for whom something goes on for longer than a request. */
export interface Caller {
  actor: Actor;
  organizationId: string;
}

/** Why a caller may do nothing more for an organization. */
export type EndReason = "session_ended" | "membership_lost";

/** Supabase clients. One per call for users and visitors; the service client never signs in, verifies or refreshes. */
export interface SupabaseClients {
  /** A client of nobody, for sign-up, sign-in, refresh, verify. A new one each time: it may hold a session afterwards. */
  anonymous(): SupabaseClient;
  /** A client that acts as the owner of this access token. */
  asUser(accessToken: string): Promise<SupabaseClient>;
  /** The service client: admin calls only. */
  service: SupabaseClient;
}

/** What the composition root builds once. */
export interface Deps {
  config: AppConfig;
  database: DatabasePort;
  jobs: JobsPort;
  bus: EventBus;
  cache: Cache;
  rateLimit: RateLimiter;
  stripe: Stripe;
  supabase: SupabaseClients;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  modules: readonly Module[];
  /** Finds the organization that a caller asked for (null: the personal one) and may act for; null when there is none. */
  findOrganization: (ctx: Ctx, requestedId: string | null) => Promise<ActiveOrganization | null>;
  /** Which of these callers may not go on, and why. Past every cache, in few queries for all; `ctx` is our own. */
  findEndedCallers: <T extends Caller>(ctx: Ctx, callers: readonly T[]) => Promise<Map<T, EndReason>>;
}

/** What is known of one request besides its actor. */
export interface RequestInfo {
  requestId: string;
  clientAddress?: string;
  /** Of the `turnpike-organization` header. */
  organizationId?: string | null;
  /** Of the `idempotency-key` header. */
  idempotencyKey?: string | null;
  /** Why the caller's credential was refused; every procedure then fails with it. */
  refusal?: Error;
}

/** The one object that verbs get: the same for HTTP, listeners, webhooks, scripts and tests; only the actor differs. */
export interface Ctx extends Omit<Deps, "database" | "clock" | "findOrganization" | "findEndedCallers"> {
  actor: Actor;
  requestId: string;
  clientAddress: string;
  /** Set when the caller brought a credential that proves nothing: it is refused, never taken for a visitor. */
  refusal: Error | null;
  /** Set by `organizationProcedure`; null where no organization is involved. */
  organization: ActiveOrganization | null;
  /** Business time, see `Clock`. */
  now(): Date;
  /** Opens a transaction as the actor: row level security decides. Errors: what `fn` throws; the transaction is then rolled back. */
  tx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** The one door to the service role. The reason is logged with the call; the actor stays who it is. */
  system(reason: string): Ctx;
  /** Why this request has gone through that door so far. */
  systemReasons: ReadonlySet<string>;
  /** An idempotency key for a call to Stripe: the same for a repeat of the same intent by the same actor. At most 255 characters. */
  key(...parts: string[]): string;
  /** Finds the organization of this request. */
  findOrganization(): Promise<ActiveOrganization | null>;
  /** Which of these callers may not go on, and why: their session is over, or their place in the organization. For the service role. */
  findEndedCallers<T extends Caller>(callers: readonly T[]): Promise<Map<T, EndReason>>;
}

/** A context with its organization known; what `organizationProcedure` hands to verbs. */
export type OrganizationCtx = Ctx & { organization: ActiveOrganization };

/** Builds the context of one request, job or script. */
export function createCtx(deps: Deps, actor: Actor, request: RequestInfo): Ctx {
  // A request id is the caller's to choose and may come twice; what makes two calls one is only the key that says so.
  const intent = request.idempotencyKey ?? newId();
  return build(deps, actor, request, { identity: identityOf(actor), intent, systemReasons: new Set() });
}

function build(
  deps: Deps,
  actor: Actor,
  request: RequestInfo,
  scope: { identity: Identity; intent: string; systemReasons: Set<string> },
): Ctx {
  const { identity, intent, systemReasons } = scope;
  const { database: _database, clock, findOrganization, findEndedCallers, ...shared } = deps;
  const ctx: Ctx = {
    ...shared,
    log: deps.log.child({ requestId: request.requestId }),
    actor,
    requestId: request.requestId,
    clientAddress: request.clientAddress ?? "local",
    refusal: request.refusal ?? null,
    organization: null,
    now: () => clock.now(),
    tx: (fn) => openTx(deps, { actor, identity, requestId: request.requestId, log: ctx.log }, fn),
    system(reason) {
      systemReasons.add(reason);
      ctx.log.debug("core.system_role", { reason, actor: actorKey(actor) });
      const opened = build(deps, actor, request, { ...scope, identity: systemIdentity });
      return { ...opened, organization: this.organization };
    },
    systemReasons,
    key: (...parts) =>
      createHash("sha256")
        .update(JSON.stringify([actorKey(actor), intent, ...parts]))
        .digest("hex"),
    findOrganization: () => findOrganization(ctx, request.organizationId ?? null),
    findEndedCallers: (callers) => findEndedCallers(ctx, callers),
  };
  return ctx;
}
