import { BadAnswerError } from "./json-fetch.ts";

/** Why a stream was not opened. */
export interface Refusal {
  /** What the server said, where it is one of this API. */
  error: object;
  isFinal: boolean;
  /** How long the server asked to wait, in milliseconds; 0 where it did not. */
  retryAfterMs: number;
}

// What goes by itself: overload, and a server that is being replaced behind its proxy.
const passing = new Set([408, 425, 429]);

/** Reads an answer that is no event stream; null for one that is. */
export async function refusalOf(response: Response): Promise<Refusal | null> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 200 && type.startsWith("text/event-stream")) return null;
  const isFinal = response.status < 500 && !passing.has(response.status);
  const retryAfterMs = Number(response.headers.get("retry-after") ?? 0) * 1000 || 0;
  const body: unknown = await response
    .text()
    .then(JSON.parse)
    .catch(() => null);
  return { error: errorOf(body) ?? new BadAnswerError(response.status), isFinal, retryAfterMs };
}

/**
 * tRPC's error, which holds nothing but JSON. The link looks for it in the event's `error`, or takes the event for it
 * where the runtime has wrapped that in a SuppressedError, whose `error` it is.
 */
function errorOf(body: unknown): object | null {
  const wrapped = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof wrapped !== "object" || wrapped === null || !("json" in wrapped)) return null;
  if (typeof wrapped.json !== "object" || wrapped.json === null) return null;
  return { ...wrapped.json, error: wrapped.json };
}
