/** The `type` values of Stripe's error object that this server answers with. */
export type ErrorType = "invalid_request_error" | "card_error" | "idempotency_error" | "api_error" | "rate_limit_error";

interface ErrorDetails {
  code?: string;
  param?: string;
  declineCode?: string;
  /** The payment intent or setup intent a card error belongs to. */
  intent?: { payment_intent: unknown } | { setup_intent: unknown };
}

/**
 * An answer other than 2xx, in Stripe's shape. Thrown anywhere below a route; the HTTP edge serialises it.
 * A card error (402) keeps what was written before it (the failed charge exists); every other error undoes the request.
 * Source: docs.stripe.com/api/errors.
 */
export class StripeError extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly details: ErrorDetails;

  constructor(status: number, type: ErrorType, message: string, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.details = details;
  }
}

/** A 400 about one parameter or about the state of an object. `code` and `param` are Stripe's. */
export function invalidRequest(message: string, details: { code?: string; param?: string } = {}): StripeError {
  return new StripeError(400, "invalid_request_error", message, details);
}

/** The 404 for an id (or a code) that names nothing; `param` is the parameter that carried it. */
export function resourceMissing(noun: string, id: string, param = "id"): StripeError {
  return new StripeError(404, "invalid_request_error", `No such ${noun}: '${id}'`, { code: "resource_missing", param });
}

/** The 400 for a parameter that the operation needs and did not get. */
export function parameterMissing(param: string): StripeError {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

/** The body of an error answer: `{ error: { type, code, message, param, doc_url, request_log_url, … } }`. */
export function errorBody(error: StripeError, requestId: string): { error: Record<string, unknown> } {
  const { code, param, declineCode, intent } = error.details;
  return {
    error: {
      ...(code === undefined
        ? {}
        : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` }),
      ...(declineCode === undefined ? {} : { decline_code: declineCode }),
      message: error.message,
      ...(param === undefined ? {} : { param }),
      ...intent,
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      type: error.type,
    },
  };
}
