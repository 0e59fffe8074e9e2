import { DeadlineError } from "@turnpike/core";
import type { Log } from "@turnpike/core";
import type { DatabaseProbe } from "@turnpike/database";
import type { JobsHealth } from "@turnpike/jobs";
import { remembered } from "../remembered.ts";

/** What the process stands on, asked one by one. Each rejects, or takes too long, where there is no answer. */
export interface Probes {
  /** Who the database takes us for, and whether it takes jobs. */
  database(): Promise<DatabaseProbe>;
  /** Milliseconds since the database last answered anybody in this process; known without asking. */
  databaseSilentMs(): number;
  /** How this process works on jobs; known without asking. */
  jobs(): JobsHealth;
  redis(): Promise<"up" | "degraded" | "off">;
  stripe(): Promise<void>;
}

/** How long a probe may take, in milliseconds. They run side by side, so the whole takes no longer than the slowest. */
export const probeTimeoutMs = { database: 2000, redis: 1500, stripe: 1500 };

/**
 * What `/readyz` answers. `ready` means that requests can be served: the database and jobs are there. `degraded` is
 * shown, and serves: of `database`, that it takes no more connections; of `jobs`, that too, or that they are found by
 * polling only, or that some workers are stuck; of `redis`, that each process caches and counts by itself; of `stripe`, that it does not
 * answer, or no longer knows our key. `redis` is `off` where no provider uses it.
 */
export interface Readiness {
  status: "ready" | "unavailable";
  database: "up" | "degraded" | "down";
  /** Who the database takes us for. */
  loginRole?: string;
  jobs: JobsHealth;
  redis: "up" | "degraded" | "off";
  stripe: "up" | "degraded";
}

// Nobody needs to know it more often, and whoever asks in a loop must not cost us connections.
const ownForMs = 1000;
// A vendor gets no more traffic from us, however often we are asked. Redis keeps to that by itself, and knows at once when it is lost.
const vendorForMs = 30_000;

interface Answer<S> {
  state: S;
  error?: unknown;
}

/** Builds the question. `now`: milliseconds on a clock that only goes on. Its answer takes two seconds at most and never rejects; what changed since the last is logged. */
export function createReadiness(probes: Probes, log: Log, now?: () => number): () => Promise<Readiness> {
  const { database, redis, stripe } = probeTimeoutMs;
  const clock = now ? { now } : {};
  const askDatabase = remembered(() => probes.database(), { forMs: ownForMs, timeoutMs: database, ...clock });
  const askRedis = remembered(() => probes.redis(), { forMs: ownForMs, timeoutMs: redis, ...clock });
  const askStripe = remembered(() => probes.stripe(), { forMs: vendorForMs, timeoutMs: stripe, ...clock });
  const noteChange = createChanges(log);
  return async () => {
    const [database, redis, stripe] = await Promise.all([
      askDatabase().then(
        (found) => ({ state: "up" as const, ...found }),
        (error: unknown) => databaseFailed(error, probes.databaseSilentMs()),
      ),
      askRedis().then(stateOnly, failed("degraded" as const)),
      askStripe().then(() => ({ state: "up" as const }), failed("degraded" as const)),
    ]);
    // They live in the database: where it cannot be asked, no more is known of them.
    const jobs =
      "isWritable" in database ? ({ state: database.isWritable ? probes.jobs() : "down" } as const) : database;
    const changed = { database, ...(jobs !== database && { jobs }), redis, stripe };
    Object.entries(changed).forEach(([what, answer]) => noteChange(what, answer));
    const isDown = database.state === "down" || jobs.state === "down";
    return {
      status: isDown ? "unavailable" : "ready",
      database: database.state,
      ...("loginRole" in database && { loginRole: database.loginRole }),
      jobs: jobs.state,
      redis: redis.state,
      stripe: stripe.state,
    };
  };
}

function stateOnly<S>(state: S): Answer<S> {
  return { state };
}

function failed<S>(state: S): (error: unknown) => Answer<S> {
  return (error) => ({ state, error });
}

// PostgreSQL's "too many clients already": it lives, and the connections that we have still work.
const tooManyConnections = "53300";
// How poolers say the same, with codes that mean all sorts of trouble. Source: pgbouncer, Supavisor.
const poolerIsFull = /no more connections allowed|max clients|max client connections/i;
const poolerCodes = new Set(["08P01", "XX000"]);
// The driver's words for a connection and for an answer that came too late.
const cameTooLate = new Set(["timeout expired", "Query read timeout"]);
// A probe that waits in vain behind a full pooler looks like one that waits for a dead server: but there somebody is answered.
const answerIsFreshMs = 5000;

/** Tells a database that takes no more of us from one that is away. `silentMs`: since its last answer to anybody here. */
function databaseFailed(error: unknown, silentMs: number): Answer<"degraded" | "down"> {
  return { state: isFull(error) || (isLate(error) && silentMs < answerIsFreshMs) ? "degraded" : "down", error };
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const { code, message } = error;
  if (code === tooManyConnections) return true;
  return typeof code === "string" && poolerCodes.has(code) && poolerIsFull.test(message);
}

function isLate(error: unknown): boolean {
  return error instanceof DeadlineError || (error instanceof Error && cameTooLate.has(error.message));
}

/** Says once that something got worse, and once that it is well again. */
function createChanges(log: Log): (what: string, answer: Answer<string>) => void {
  const states = new Map<string, string>();
  return (what, { state, error }) => {
    const before = states.get(what) ?? "up";
    states.set(what, state);
    if (state === before || state === "off") return;
    if (state === "up") return log.info("health.back", { what });
    log[state === "down" ? "error" : "warn"]("health.changed", { what, state, ...(error !== undefined && { error }) });
  };
}
