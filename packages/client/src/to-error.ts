import { isTRPCClientError } from "@trpc/client";
import { BadAnswerError } from "./json-fetch.ts";
import { TurnpikeError, type FieldIssue } from "./turnpike-error.ts";

/** Turns whatever a link threw into a `TurnpikeError`. What a server of another make answered becomes `client.bad_answer`. */
export function toTurnpikeError(thrown: unknown): TurnpikeError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const data: unknown = isTRPCClientError(thrown) ? thrown.data : undefined;
  const appCode = text(data, "appCode");
  if (appCode !== undefined) {
    return new TurnpikeError(message, {
      appCode,
      status: number(data, "httpStatus") ?? 500,
      requestId: text(data, "requestId"),
      fieldIssues: fieldIssues(data),
      retryAfterSec: number(data, "retryAfterSec"),
      cause: thrown,
    });
  }
  if (isAbort(thrown))
    return new TurnpikeError("The call was given up.", { appCode: "client.aborted", status: 0, cause: thrown });
  const status = statusOf(thrown);
  const code = status === 0 ? "client.network" : "client.bad_answer";
  return new TurnpikeError(message, { appCode: code, status, cause: thrown });
}

function isAbort(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return thrown.name === "AbortError" || isAbort(thrown.cause);
}

// A subscription that is refused hands over EventSource's event, whose `code` is the HTTP status; tRPC's codes are negative.
function statusOf(thrown: unknown): number {
  if (thrown instanceof BadAnswerError) return thrown.status;
  const cause = field(thrown, "cause");
  if (cause instanceof BadAnswerError) return cause.status;
  const eventStatus = number(field(thrown, "shape"), "code") ?? 0;
  return Math.max(0, eventStatus);
}

function fieldIssues(data: unknown): FieldIssue[] {
  const issues = field(data, "fieldIssues");
  if (!Array.isArray(issues)) return [];
  return issues.map((issue: unknown) => ({ path: text(issue, "path") ?? "", message: text(issue, "message") ?? "" }));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" ? found : undefined;
}

function number(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === "number" ? found : undefined;
}
