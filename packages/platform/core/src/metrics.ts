import type { Ctx } from "./ctx.ts";
import type { ErrorKind } from "./errors.ts";

/** How a call ended: well, refused (the kind says how), or by a fault of ours. */
export type Outcome = "ok" | ErrorKind | "internal";

/** One call of a procedure that is over. Each call of a batch is one. */
export interface FinishedCall {
  /** `<router>.<procedure>`: always one of ours, so it may be a label. */
  path: string;
  type: "query" | "mutation" | "subscription";
  outcome: Outcome;
  durationMs: number;
}

/** One run of a job, listener or schedule that is over. */
export interface FinishedJob {
  queue: string;
  outcome: "ok" | "failed";
  durationMs: number;
}

/** Counts what happens, by one label whose values are all known beforehand: what comes from outside never becomes a label. */
export interface Counter<V extends string = string> {
  /** `turnpike_<module>_<what>_total`. */
  name: string;
  help: string;
  label: string;
  values: readonly V[];
}

/** Declares a counter. Every value starts at 0. */
export function defineCounter<const V extends string>(counter: Counter<V>): Counter<V> {
  return counter;
}

/** One value of a gauge that has labels. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Gauges that are read together when somebody looks. `gauges` maps each one's name to what it says. */
export interface Gauges<C = Ctx> {
  /** Names the reading where it fails. */
  name: string;
  gauges: Readonly<Record<string, { help: string; labels?: readonly string[] }>>;
  /** The values by the gauges' names. A gauge that it leaves out has none. Read seldom: its result is kept for some seconds. */
  read(ctx: C): Promise<Readonly<Record<string, number | readonly Sample[]>>>;
}

/** What a module lets operators watch. */
export interface ModuleMetrics {
  counters?: readonly Counter[];
  gauges?: readonly Gauges[];
}

/** Takes note of what happens. Never throws, and costs next to nothing. */
export interface Metrics {
  called(call: FinishedCall): void;
  ran(job: FinishedJob): void;
  count<V extends string>(counter: Counter<V>, value: NoInfer<V>): void;
}

/** Takes no note: where nobody looks. */
export const noMetrics: Metrics = { called: () => undefined, ran: () => undefined, count: () => undefined };
