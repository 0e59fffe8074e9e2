/** The nine kinds of failure a caller can see, and nothing else. */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "precondition"
  | "too_large"
  | "limited"
  | "unavailable";

/** The HTTP status of each kind. */
export const httpStatusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  too_large: 413,
  limited: 429,
  unavailable: 503,
};

/** One wrong field of an input: `path` is dotted (`items.0.quantity`), empty for the whole input. */
export interface FieldIssue {
  path: string;
  message: string;
}

interface AppErrorOptions {
  details?: Record<string, unknown> | undefined;
  fieldIssues?: FieldIssue[] | undefined;
  retryAfterSec?: number | undefined;
  cause?: unknown;
}

/**
 * A failure that the caller is told about. `appCode` is stable (`billing.already_canceled`), `message` is for people,
 * `details` go to the log only.
 */
export class AppError extends Error {
  readonly appCode: string;
  readonly kind: ErrorKind;
  readonly details: Record<string, unknown> | undefined;
  readonly fieldIssues: FieldIssue[] | undefined;
  readonly retryAfterSec: number | undefined;

  constructor(appCode: string, kind: ErrorKind, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.appCode = appCode;
    this.kind = kind;
    this.details = options.details;
    this.fieldIssues = options.fieldIssues;
    this.retryAfterSec = options.retryAfterSec;
  }
}

/** One row of a module's error table. */
export interface ErrorDefinition {
  kind: ErrorKind;
  message: string;
  /** Where HTTP has a finer status than the kind's. */
  httpStatus?: number;
}

/** Makes the error of one state, and says what it is: the row it was declared by, with its code. */
export interface ErrorFactory extends ErrorDefinition {
  (details?: Record<string, unknown>, options?: Omit<AppErrorOptions, "details">): AppError;
  appCode: string;
}

/** A module's error table: a factory per state. */
export type ErrorTable<T extends Record<string, ErrorDefinition>> = { [K in keyof T]: ErrorFactory };

/**
 * Declares a module's errors. `errors.already_canceled({ subscriptionId })` makes the error to throw:
 * the details reach the log, the caller sees the code `<module>.already_canceled` and the row's message.
 */
export function defineErrors<const T extends Record<string, ErrorDefinition>>(module: string, table: T): ErrorTable<T> {
  const entries = Object.entries(table).map(([state, row]): [string, ErrorFactory] => [
    state,
    errorFactory(`${module}.${state}`, row),
  ]);
  return asTable<T>(Object.fromEntries(entries));
}

function errorFactory(appCode: string, row: ErrorDefinition): ErrorFactory {
  const create = (details?: Record<string, unknown>, options?: Omit<AppErrorOptions, "details">): AppError =>
    new AppError(appCode, row.kind, row.message, { ...options, details });
  return Object.assign(create, row, { appCode });
}

// Object.fromEntries forgets the keys, which are exactly those of the table it was built from.
function asTable<T extends Record<string, ErrorDefinition>>(factories: Record<string, ErrorFactory>): ErrorTable<T> {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return factories as ErrorTable<T>;
}

/** Failures that belong to no module: what the border and the platform themselves refuse. */
export const coreErrors = defineErrors("core", {
  invalid_input: { kind: "invalid", message: "The input is not valid." },
  unauthenticated: { kind: "unauthenticated", message: "Sign in to do this." },
  forbidden: { kind: "forbidden", message: "You may not do this." },
  not_found: { kind: "not_found", message: "There is nothing here." },
  module_disabled: { kind: "not_found", message: "This part of the API is switched off." },
  limited: { kind: "limited", message: "Too many requests. Try again later." },
  unavailable: { kind: "unavailable", message: "The service is not available right now. Try again shortly." },
  too_large: { kind: "too_large", message: "The request is too large." },
  method_not_supported: {
    kind: "invalid",
    httpStatus: 405,
    message: "This procedure does not take this HTTP method.",
  },
  unsupported_media_type: {
    kind: "invalid",
    httpStatus: 415,
    message: "Send JSON with content-type application/json.",
  },
});
