/** An answer that GoTrue gives with a stable code: HTTP status, `code`, message and extra body fields. */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: Record<string, unknown>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AuthError";
    this.status = status;
    this.code = code;
    this.extra = options.extra ?? {};
  }
}

/** An answer in the shape of RFC 6749 §5.2, which GoTrue keeps for malformed token requests. Status 400. */
export class OAuthError extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.name = "OAuthError";
    this.error = error;
  }
}

/** 400 `validation_failed`. */
export function invalid(message: string): AuthError {
  return new AuthError(400, "validation_failed", message);
}

/** 422 `weak_password` with its reasons (`length`, `characters`). */
export function weakPassword(reasons: string[], message: string): AuthError {
  return new AuthError(422, "weak_password", message, { extra: { weak_password: { reasons } } });
}

/** 500 `unexpected_failure`; the cause goes to `onError`, never to the client. */
export function unexpected(message: string, cause?: unknown): AuthError {
  return new AuthError(500, "unexpected_failure", message, { cause });
}
