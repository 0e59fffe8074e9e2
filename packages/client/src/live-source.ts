import { createParser, type EventSourceMessage, type EventSourceParser } from "eventsource-parser";
import { backOffMs } from "./back-off.ts";
import type { EventSourceLike, EventSourceRequest } from "./client-options.ts";
import { refusalOf } from "./refusal.ts";

type Fetch = (input: string | URL, init: EventSourceRequest) => Promise<Response>;
type Listener = (event: object) => unknown;

/** For the headers and the first event of a connection; what is silent later is the link's to notice. */
const connectTimeoutMs = 30_000;
/** A server that keeps a connection for so long is well, also where it has nothing to tell. */
const steadyMs = 30_000;

/**
 * An EventSource that does not give up: a refused connection, a break, a server that is being replaced (5xx, 429, 408) is
 * tried again after a while, sooner or later by chance, and resumes after the last id. Any other status ends it, with
 * what the server said. The browser's own ends at the first 503, sends no headers, and all come back at once.
 */
export class LiveSource implements EventSourceLike {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState: number = this.CONNECTING;
  readonly #url: string | URL;
  readonly #fetch: Fetch;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #closing = new AbortController();
  #lastEventId = "";
  /** How many connections in a row have brought no item and were over soon. */
  #failures = 0;

  constructor(url: string | URL, init: { fetch?: Fetch } = {}) {
    this.#url = url;
    this.#fetch = init.fetch ?? globalThis.fetch;
    // Whoever makes it adds its listeners first.
    queueMicrotask(() => void this.#live());
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  close(): void {
    this.readyState = this.CLOSED;
    this.#closing.abort();
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  async #live(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const { error, isFinal, retryAfterMs } = await this.#connection();
      if (this.#closing.signal.aborted) return;
      this.readyState = isFinal ? this.CLOSED : this.CONNECTING;
      this.#tell("error", error);
      if (isFinal) return;
      await delay(backOffMs(this.#failures, retryAfterMs), this.#closing.signal);
      this.#failures += 1;
    }
  }

  /** One connection from beginning to end, and why it ended. */
  async #connection(): Promise<{ error: object; isFinal: boolean; retryAfterMs: number }> {
    const given = new AbortController();
    const giveUp = (): void => given.abort();
    this.#closing.signal.addEventListener("abort", giveUp);
    const timer = setTimeout(giveUp, connectTimeoutMs);
    let openedAt = Number.POSITIVE_INFINITY;
    try {
      const response = await this.#fetch(this.#url, {
        headers: { accept: "text/event-stream", ...(this.#lastEventId && { "last-event-id": this.#lastEventId }) },
        cache: "no-store",
        signal: given.signal,
      });
      const refusal = await refusalOf(response);
      if (refusal) return refusal;
      this.readyState = this.OPEN;
      openedAt = performance.now();
      await this.#read(response, () => clearTimeout(timer));
      return { error: new Error("The connection has ended."), isFinal: false, retryAfterMs: 0 };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)), isFinal: false, retryAfterMs: 0 };
    } finally {
      if (performance.now() - openedAt >= steadyMs) this.#failures = 0;
      clearTimeout(timer);
      this.#closing.signal.removeEventListener("abort", giveUp);
      given.abort();
    }
  }

  async #read(response: Response, onFirst: () => void): Promise<void> {
    const parser: EventSourceParser = createParser({
      onEvent: (message) => {
        onFirst();
        this.#hear(message);
      },
    });
    const decoder = new TextDecoder();
    const body: ReadableStream<Uint8Array> | null = response.body;
    const reader = body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  #hear({ event: type = "message", id, data }: EventSourceMessage): void {
    if (this.#closing.signal.aborted) return;
    // A stream begins with a mark, whose id is the one to resume after: only an item leads on from there.
    if (id !== undefined && this.#lastEventId !== "" && id !== this.#lastEventId) this.#failures = 0;
    if (id !== undefined) this.#lastEventId = id;
    this.#tell(type, { data, lastEventId: id ?? "" });
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
