import qs from "qs";
import { invalidRequest } from "../stripe-error.ts";

/** A parsed form: nested strings, arrays and hashes, not yet checked. */
export type Form = Record<string, unknown>;

/**
 * Parses a form body or a query in Stripe's encoding (`items[0][price]=…`, `expand[]=…`).
 * Errors: 400 when it nests or counts more than any real request does, and for text that is no well-formed UTF-8 or has a NUL.
 */
export function parseForm(text: string): Form {
  const form = parse(text);
  const path = illFormedAt(form);
  if (path === null) return form;
  throw invalidRequest("Invalid string: text must be valid UTF-8 without NUL characters.", { param: bracketed(path) });
}

/** The name of a parameter as it travels: `items[0][price]`. */
export function bracketed(path: readonly PropertyKey[]): string {
  return path.map((part, depth) => (depth === 0 ? String(part) : `[${String(part)}]`)).join("");
}

/** Text that any program may store: no NUL, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function parse(text: string): Form {
  try {
    return qs.parse(text, {
      arrayLimit: 1000,
      parameterLimit: 5000,
      depth: 8,
      plainObjects: true,
      strictDepth: true,
      throwOnLimitExceeded: true,
      decoder: decodeText,
    });
  } catch {
    throw invalidRequest("Invalid request: the parameters are too deeply nested or too many.");
  }
}

/** Escaped bytes that are no UTF-8 become half a pair, so that the parameter they stand in is found and refused. */
function decodeText(raw: string): string {
  const text = raw.replaceAll("+", " ");
  try {
    return decodeURIComponent(text);
  } catch {
    return /%(?![0-9a-f]{2})/i.test(text) ? text : "\uD800";
  }
}

function illFormedAt(value: unknown, path: string[] = []): string[] | null {
  if (typeof value === "string") return isPlainText(value) ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, entry] of Object.entries(value)) {
    const here = [...path, key];
    const found = isPlainText(key) ? illFormedAt(entry, here) : here;
    if (found !== null) return found;
  }
  return null;
}
