import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { isDatabaseBusy, isDatabaseDown } from "./database-errors.ts";
import { AppError, coreErrors } from "./errors.ts";
import type { ErrorKind, FieldIssue } from "./errors.ts";

const codeOf: Record<ErrorKind, TRPCError["code"]> = {
  invalid: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  precondition: "PRECONDITION_FAILED",
  too_large: "PAYLOAD_TOO_LARGE",
  limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
};

const borderErrors: Partial<Record<TRPCError["code"], AppError>> = {
  NOT_FOUND: coreErrors.not_found(),
  PAYLOAD_TOO_LARGE: coreErrors.too_large(),
  BAD_REQUEST: coreErrors.invalid_input(),
  PARSE_ERROR: coreErrors.invalid_input(),
  METHOD_NOT_SUPPORTED: coreErrors.method_not_supported(),
  UNSUPPORTED_MEDIA_TYPE: coreErrors.unsupported_media_type(),
};

/** What a caller may know of a failure; undefined for what is ours alone. */
export function appErrorOf(error: TRPCError): AppError | undefined {
  const { cause } = error;
  if (cause instanceof AppError) return cause;
  if (isDatabaseDown(cause) || isDatabaseBusy(cause))
    return coreErrors.unavailable(undefined, { cause, retryAfterSec: 2 });
  if (cause instanceof z.ZodError && error.code === "BAD_REQUEST") return invalidInput(cause);
  return borderErrors[error.code];
}

/** Gives an error the code of what it says; unknown ones stay a bare internal error. */
export function toTrpcError(error: TRPCError): TRPCError {
  const known = appErrorOf(error);
  if (!known) return error;
  const code = error.code === "INTERNAL_SERVER_ERROR" || known === error.cause ? codeOf[known.kind] : error.code;
  return new TRPCError({ code, message: known.message, cause: known });
}

function invalidInput(error: z.ZodError): AppError {
  return coreErrors.invalid_input(undefined, { fieldIssues: fieldIssuesOf(error.issues, []) });
}

/** Of a union that fits in no way, what the closest option lacks: zod itself says no more than that it does not fit. */
function fieldIssuesOf(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[]): FieldIssue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    const options = issue.code === "invalid_union" ? issue.errors : [];
    const [closest] = options.toSorted((a, b) => a.length - b.length);
    return closest ? fieldIssuesOf(closest, path) : [{ path: path.map(String).join("."), message: issue.message }];
  });
}
