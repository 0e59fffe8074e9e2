import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Auth } from "../auth.ts";
import { AuthError, OAuthError } from "../errors.ts";

const VERSION_HEADER = "X-Supabase-Api-Version";
const VERSION_2024 = "2024-01-01";

/** Answers paths that no route took, as GoTrue's router does. */
export const answerNotFound: RequestHandler = (_request, response) => {
  response.status(404).type("text/plain").send("404 page not found\n");
};

/**
 * Turns every error into GoTrue's answer: `{code, message}` for clients that ask for version 2024-01-01, else
 * `{code: status, error_code, msg}`; the code also in `x-sb-error-code`. Causes and stacks go to `onError` only.
 */
export function answerErrors(auth: Pick<Auth, "settings">): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (error instanceof OAuthError) {
      response.status(400).json({ error: error.error, error_description: error.message });
      return;
    }
    const known = toAuthError(error);
    if (known.status >= 500) auth.settings.onError(known.cause ?? error);
    const asked = request.header(VERSION_HEADER);
    const isNewShape = asked !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(asked) && asked >= VERSION_2024;
    response.status(known.status).set("x-sb-error-code", known.code);
    if (isNewShape) {
      response.set(VERSION_HEADER, VERSION_2024).json({ code: known.code, message: known.message, ...known.extra });
      return;
    }
    response.json({ code: known.status, error_code: known.code, msg: known.message, ...known.extra });
  };
}

function toAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const status = httpStatus(error);
  if (status === 413) return new AuthError(413, "bad_json", "Request body is too large", { cause: error });
  if (status !== null && status >= 400 && status < 500) {
    return new AuthError(status, "validation_failed", "The request could not be read", { cause: error });
  }
  return new AuthError(500, "unexpected_failure", "Unexpected failure, please check server logs for more information", {
    cause: error,
  });
}

/** The status that Express and its body parser put on their own errors. */
function httpStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !("status" in error)) return null;
  return typeof error.status === "number" ? error.status : null;
}
