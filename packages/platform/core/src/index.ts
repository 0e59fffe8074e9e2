export type { Actor, Identity, SessionActor } from "./actor.ts";
export { actorKey, identityOf, loginIdentity, systemIdentity } from "./actor.ts";
export type { AppConfig } from "./config.ts";
export { configOf, isAllowedReturnUrl } from "./config.ts";
export type {
  ActiveOrganization,
  Caller,
  Ctx,
  Deps,
  EndReason,
  OrganizationCtx,
  RequestInfo,
  SupabaseClients,
} from "./ctx.ts";
export { createCtx } from "./ctx.ts";
export { databaseUrlProblems } from "./env/database-url-problems.ts";
export type { Env } from "./env.ts";
export { EnvError, readEnv } from "./env.ts";
export type { ErrorDefinition, ErrorFactory, ErrorKind, FieldIssue } from "./errors.ts";
export { isDatabaseBusy, isDatabaseDown } from "./database-errors.ts";
export { AppError, coreErrors, defineErrors, httpStatusOf } from "./errors.ts";
export type { DomainEvent, EventType } from "./events.ts";
export { DeadlineError, withDeadline } from "./deadline.ts";
export { defineEvents } from "./events.ts";
export { deleteInBatches } from "./delete-in-batches.ts";
export { newId } from "./ids.ts";
export { appErrorOf } from "./map-errors.ts";
export { listenerQueue, listenersOf } from "./listeners.ts";
export type { Counter, FinishedCall, FinishedJob, Gauges, Metrics, ModuleMetrics, Outcome, Sample } from "./metrics.ts";
export { defineCounter, noMetrics } from "./metrics.ts";
export type { HttpHost, Job, Listener, Module, Schedule, StripeMirror, StripeRef } from "./module.ts";
export { defineJob, defineModule, listener, stripeMirror } from "./module.ts";
export { eventsChannel } from "./outbox.ts";
export { requestIds } from "./request-ids.ts";
export { Page, pageOf, PageInput } from "./paging.ts";
export type {
  Cache,
  Clock,
  DatabasePort,
  DeadLetter,
  EventBus,
  JobInsert,
  JobsPort,
  Log,
  QueueStats,
  RateLimiter,
  RateLimitRule,
} from "./ports.ts";
export { storable } from "./storable.ts";
export { MultilineText, StorableText, Text } from "./text.ts";
export type { Audience, ErrorData, ProcedureMeta, TrackedEnvelope } from "./trpc.ts";
export {
  consume,
  createCallerFactory,
  isReported,
  operatorProcedure,
  organizationProcedure,
  publicProcedure,
  router,
  tracked,
  userProcedure,
} from "./trpc.ts";
export type { Tx } from "./tx.ts";
export type { DB, Json, JsonValue } from "./schema.gen.ts";
