/** A value, or a function that is asked again for every request. */
export type Fresh<T> = T | (() => T | Promise<T>);

/**
 * The constructor of an EventSource. One that takes a `fetch`, as the `eventsource` package does, sends our headers; the
 * browser's own does not, and ends at the first 503.
 */
export type EventSourceConstructor = new (
  url: string | URL,
  init?: { fetch?: (input: string | URL, init: EventSourceRequest) => Promise<Response>; withCredentials?: boolean },
) => EventSourceLike;

/** The request an EventSource makes. */
export interface EventSourceRequest {
  headers: Record<string, string>;
  signal?: AbortSignal;
  mode?: "cors" | "no-cors" | "same-origin";
  credentials?: "omit" | "same-origin" | "include";
  cache?: "no-store";
  redirect?: "follow" | "error" | "manual";
}

/** The part of an EventSource that the client uses. */
export interface EventSourceLike {
  readonly CLOSED: number;
  readonly CONNECTING: number;
  readonly OPEN: number;
  readonly readyState: number;
  addEventListener(type: string, listener: (event: object) => unknown): void;
  removeEventListener(type: string, listener: (event: object) => unknown): void;
  close(): void;
}

/** Where the API is and who calls it. */
export interface ClientOptions {
  /** The API's address, without `/trpc`: `https://api.example.com`. */
  url: string;
  /** The session's access token or an API key, asked for every request; null for nobody. */
  getToken?: (() => string | null | undefined | Promise<string | null | undefined>) | undefined;
  /** The organization to act for, by id; the personal one when absent. */
  organization?: Fresh<string | null | undefined> | undefined;
  /** Further headers, such as `x-request-id`. */
  headers?: Fresh<Record<string, string>> | undefined;
  /** Stands in for the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Stands in for the EventSource that subscriptions use, which by default sends the same headers as calls and tries again. */
  EventSource?: EventSourceConstructor | undefined;
}
