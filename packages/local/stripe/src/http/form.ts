import qs from "qs";
import { invalidRequest } from "../stripe-error.ts";

/** A parsed form: nested strings, arrays and hashes, not yet checked. */
export type Form = Record<string, unknown>;

/**
 * Parses a form body or a query in Stripe's encoding (`items[0][price]=…`, `expand[]=…`).
 * Errors: 400 when it nests or counts more than any real request does.
 */
export function parseForm(text: string): Form {
  try {
    return qs.parse(text, {
      arrayLimit: 1000,
      parameterLimit: 5000,
      depth: 8,
      plainObjects: true,
      strictDepth: true,
      throwOnLimitExceeded: true,
    });
  } catch {
    throw invalidRequest("Invalid request: the parameters are too deeply nested or too many.");
  }
}
