/** One wrong field of an input: `path` is dotted (`items.0.quantity`), empty for the whole input. */
export interface FieldIssue {
  path: string;
  message: string;
}

/** What a `TurnpikeError` is made of. */
export interface TurnpikeErrorDetails {
  appCode: string;
  status: number;
  requestId?: string | undefined;
  fieldIssues?: readonly FieldIssue[] | undefined;
  retryAfterSec?: number | undefined;
  cause?: unknown;
}

/**
 * A call that failed. `appCode` is stable and made for code (`billing.already_canceled`), `message` for people.
 * Codes of the client itself: `client.network` when no answer came (status 0), `client.aborted` when the caller gave up.
 */
export class TurnpikeError extends Error {
  /** Stable code, `<module>.<state>`. */
  readonly appCode: string;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** Wrong fields of the input; empty for every other failure. */
  readonly fieldIssues: readonly FieldIssue[];
  /** How long to wait before asking again, where the server said so. */
  readonly retryAfterSec: number | undefined;

  constructor(message: string, details: TurnpikeErrorDetails) {
    super(message, { cause: details.cause });
    this.name = "TurnpikeError";
    this.appCode = details.appCode;
    this.status = details.status;
    this.requestId = details.requestId;
    this.fieldIssues = details.fieldIssues ?? [];
    this.retryAfterSec = details.retryAfterSec;
  }
}
