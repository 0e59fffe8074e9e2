import { initTRPC } from "@trpc/server";
import type { TRPCError } from "@trpc/server";
import superjson from "superjson";
import { actorKey } from "./actor.ts";
import type { Ctx } from "./ctx.ts";
import { coreErrors } from "./errors.ts";
import { appErrorOf, toTrpcError } from "./map-errors.ts";
import type { RateLimitRule } from "./ports.ts";
import { readInput } from "./read-input.ts";
import { requestIds } from "./request-ids.ts";

/** Who may call a procedure: anyone, a person with a session, someone who acts for an organization, an operator. */
export type Audience = "public" | "user" | "organization" | "operator";

/** What a procedure declares about itself. */
export interface ProcedureMeta {
  /** Set by the procedure it is built from. It documents; the procedure's own check decides. */
  audience?: Audience;
  /** A limit by client address, besides the one that every actor has. */
  rateLimit?: RateLimitRule;
  /**
   * Works for whoever brings a credential that proves nothing (any more): it is taken for a visitor's call.
   * For the procedures that lead to a new session.
   */
  forgivesCredential?: boolean;
}

/** What a client gets of a failure, under `data`. */
export interface ErrorData {
  code: string;
  httpStatus: number;
  path: string | null;
  appCode: string;
  requestId: string | null;
  fieldIssues?: { path: string; message: string }[];
  retryAfterSec?: number;
}

const t = initTRPC
  .context<Ctx>()
  .meta<ProcedureMeta>()
  .create({
    // Proxies close what is silent for longer than about 100 s; a client that hears nothing for three pings comes again.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
    transformer: { input: { serialize: superjson.serialize, deserialize: readInput }, output: superjson },
    errorFormatter({ shape, error, ctx }) {
      const known = appErrorOf(error);
      const data: ErrorData = {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path ?? null,
        appCode: known?.appCode ?? "core.internal",
        requestId: ctx?.requestId ?? requestIds.getStore() ?? null,
        ...(known?.fieldIssues && { fieldIssues: known.fieldIssues }),
        ...(known?.retryAfterSec !== undefined && { retryAfterSec: known.retryAfterSec }),
      };
      return { message: known?.message ?? "Something went wrong on our side.", code: shape.code, data };
    },
  });

/**
 * Gives an item of a subscription the id after which a client resumes. All items have one. An item of null is a mark: it
 * says only from where to go on, and the generated client keeps it to itself.
 */
export { tracked } from "@trpc/server";
export type { TrackedEnvelope } from "@trpc/server";

/** Composes procedures into a router. */
export const router = t.router;

/** Builds in-process callers: for tests and outer scripts, never procedure to procedure. */
export const createCallerFactory = t.createCallerFactory;

const reported = new WeakSet<TRPCError>();

/** Whether a procedure has logged and counted this failure. What fails before one is reached has not been seen by anybody. */
export function isReported(error: TRPCError): boolean {
  return reported.has(error);
}

// In tRPC `next()` never throws: the result says whether it went well.
const mapErrors = t.middleware(async ({ ctx, path, type, next }) => {
  const startedAt = performance.now();
  const result = await next();
  const elapsedMs = performance.now() - startedAt;
  const durationMs = Math.round(elapsedMs);
  if (result.ok) {
    ctx.metrics.called({ path, type, outcome: "ok", durationMs: elapsedMs });
    ctx.log.info("trpc.call", { ...callFields(ctx, path, type), durationMs });
    return result;
  }
  const mapped = toTrpcError(result.error);
  const known = appErrorOf(mapped);
  ctx.metrics.called({ path, type, outcome: known?.kind ?? "internal", durationMs: elapsedMs });
  const call = { ...callFields(ctx, path, type), durationMs, appCode: known?.appCode ?? "core.internal" };
  const fields = known?.details ? { ...call, details: known.details } : call;
  const error = result.error.cause ?? result.error;
  if (!known) ctx.log.error("trpc.failed", { ...fields, error });
  else if (known.kind === "unavailable") ctx.log.warn("trpc.unavailable", { ...fields, error });
  else ctx.log.info("trpc.refused", fields);
  reported.add(mapped);
  return { ...result, error: mapped };
});

/** Who called what, and why it went through the door to the service role where it did. */
function callFields({ actor, systemReasons }: Ctx, path: string, type: string): Record<string, unknown> {
  const fields = { path, type, actor: actorKey(actor) };
  return systemReasons.size === 0 ? fields : { ...fields, system: [...systemReasons] };
}

const refuse = t.middleware(({ ctx, meta, next }) => {
  if (ctx.refusal && !meta?.forgivesCredential) throw ctx.refusal;
  return next();
});

const moduleGate = t.middleware(({ ctx, path, next }) => {
  const module = path.split(".")[0] ?? "";
  if (ctx.config.modulesDisabled.includes(module)) throw coreErrors.module_disabled({ module });
  return next();
});

const perActor: RateLimitRule = { name: "api", points: 600, durationSec: 60 };

const rateLimit = t.middleware(async ({ ctx, meta, next }) => {
  if (ctx.actor.type === "system" || ctx.actor.type === "webhook") return next();
  const key = ctx.actor.type === "anonymous" ? ctx.clientAddress : actorKey(ctx.actor);
  await consume(ctx, perActor, key);
  if (meta?.rateLimit) await consume(ctx, meta.rateLimit, ctx.clientAddress);
  return next();
});

/** Takes one point of a limit. Errors: core.limited with `retryAfterSec`. */
export async function consume(ctx: Ctx, rule: RateLimitRule, key: string): Promise<void> {
  const { allowed, retryAfterSec } = await ctx.rateLimit.consume(rule, key);
  if (!allowed) throw coreErrors.limited({ limit: rule.name }, { retryAfterSec });
}

/** Anyone, signed in or not. */
export const publicProcedure = t.procedure
  .meta({ audience: "public" })
  .use(mapErrors)
  .use(moduleGate)
  .use(rateLimit)
  .use(refuse);

/** A person with a session. `ctx.actor` is narrowed. Errors: core.unauthenticated. */
export const userProcedure = publicProcedure.meta({ audience: "user" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.type !== "user" && actor.type !== "operator") throw coreErrors.unauthenticated();
  return next({ ctx: { ...ctx, actor } });
});

/** Someone who acts for an organization: a member or its API key. `ctx.organization` is set. Errors: core.unauthenticated, core.not_found. */
export const organizationProcedure = publicProcedure.meta({ audience: "organization" }).use(async ({ ctx, next }) => {
  if (ctx.actor.type === "anonymous") throw coreErrors.unauthenticated();
  const organization = await ctx.findOrganization();
  if (!organization) throw coreErrors.not_found({ what: "organization" });
  return next({ ctx: { ...ctx, organization } });
});

/** An operator, or one of our own scripts and jobs. Errors: core.unauthenticated, core.forbidden. */
export const operatorProcedure = publicProcedure.meta({ audience: "operator" }).use(({ ctx, next }) => {
  if (ctx.actor.type === "anonymous") throw coreErrors.unauthenticated();
  if (ctx.actor.type !== "operator" && ctx.actor.type !== "system") throw coreErrors.forbidden();
  return next();
});
