import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { Metrics, Outcome } from "@turnpike/core";

/** One answer of a route that is no procedure. */
export interface ServedRequest {
  /** The route's pattern (`/api/mail/open/:token`), or `unmatched`: never what was asked for. */
  route: string;
  method: string;
  status: number;
  durationMs: number;
}

/** What every process of ours counts. */
export interface ProcessCounts extends Pick<Metrics, "called" | "ran"> {
  served(request: ServedRequest): void;
  /** A call that reached no procedure: an unknown path, a body that cannot be read. */
  rejected(outcome: Outcome): void;
}

const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const jobBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Counts calls, requests and jobs. Times have one label only: each of their series is a dozen. */
export function createProcessCounts(registers: Registry[]): ProcessCounts {
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const times = (name: string, help: string, label: string, buckets: number[]) =>
    new Histogram({ name, help, labelNames: [label], buckets, registers });
  const callsHelp = "Calls of procedures by how they ended; each call of a batch is one.";
  const calls = counter("turnpike_calls_total", callsHelp, "procedure", "type", "outcome");
  const callTimes = times("turnpike_call_duration_seconds", "How long calls took.", "procedure", callBuckets);
  const requestsHelp = "Requests of routes that are no procedure.";
  const requests = counter("turnpike_http_requests_total", requestsHelp, "route", "method", "status");
  const requestTimes = times("turnpike_http_request_duration_seconds", "How long they took.", "route", callBuckets);
  const runs = counter("turnpike_jobs_runs_total", "Runs of jobs by how they ended.", "queue", "outcome");
  const runTimes = times("turnpike_jobs_run_duration_seconds", "How long runs of jobs took.", "queue", jobBuckets);
  return {
    called({ path: procedure, type, outcome, durationMs }) {
      calls.inc({ procedure, type, outcome });
      callTimes.observe({ procedure }, durationMs / 1000);
    },
    rejected: (outcome) => calls.inc({ procedure: "unknown", type: "unknown", outcome }),
    served({ route, method, status, durationMs }) {
      requests.inc({ route, method: knownMethods.has(method) ? method : "other", status });
      requestTimes.observe({ route }, durationMs / 1000);
    },
    ran({ queue, outcome, durationMs }) {
      runs.inc({ queue, outcome });
      runTimes.observe({ queue }, durationMs / 1000);
    },
  };
}
