import { httpBatchLink, httpLink, httpSubscriptionLink, splitLink, type Operation, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import superjson from "superjson";
import type { ClientOptions, EventSourceRequest, Fresh } from "./client-options.ts";
import { jsonFetch } from "./json-fetch.ts";
import { LiveSource } from "./live-source.ts";

// The router's type is not used here, only its transformer flag: calls are typed by the generated `Api`.
type Links = TRPCLink<AnyTRPCRouter>;

/** How many calls travel in one request; the server takes no more. */
const maxBatchSize = 20;

/** The chain every call takes: subscriptions over SSE, calls with an idempotency key alone, the rest in batches. */
export function createLinks(options: ClientOptions): Links[] {
  const url = `${options.url.replace(/\/+$/, "")}/trpc`;
  const fetcher = options.fetch ?? globalThis.fetch;
  const common = { url, transformer: superjson, fetch: jsonFetch(fetcher) };
  const single: Links = httpLink({ ...common, headers: ({ op }) => headersOf(options, op) });
  const batched: Links = httpBatchLink({
    ...common,
    maxItems: maxBatchSize,
    // Below the 8 KiB that proxies commonly allow for a request line.
    maxURLLength: 6000,
    headers: () => headersOf(options),
  });
  // A link for each subscription, which stays with its organization.
  const live: Links = (runtime) => (chain) =>
    liveLink(url, { ...options, organization: kept(options.organization) })(runtime)(chain);
  return [
    splitLink({
      condition: (op) => op.type === "subscription",
      true: live,
      false: splitLink({ condition: (op) => idempotencyKeyOf(op) !== undefined, true: single, false: batched }),
    }),
  ];
}

/** Goes through fetch, which sends headers, and asks for a fresh token at each connection. */
function liveLink(url: string, options: ClientOptions): Links {
  const fetcher = options.fetch ?? globalThis.fetch;
  return httpSubscriptionLink({
    url,
    transformer: superjson,
    EventSource: options.EventSource ?? LiveSource,
    eventSourceOptions: {
      fetch: async (input: string | URL, init: EventSourceRequest) =>
        fetcher(input, { ...init, headers: { ...init.headers, ...(await headersOf(options)) } }),
    },
  });
}

/** Asks once and keeps the answer. A failure is none. */
function kept<T>(fresh: Fresh<T>): () => Promise<T> {
  let answer: { value: T } | undefined;
  return async () => (answer ??= { value: await valueOf(fresh) }).value;
}

function valueOf<T>(fresh: Fresh<T>): T | Promise<T> {
  return isAsked(fresh) ? fresh() : fresh;
}

function isAsked<T>(fresh: Fresh<T>): fresh is () => T | Promise<T> {
  return typeof fresh === "function";
}

async function headersOf(options: ClientOptions, op?: Operation): Promise<Record<string, string>> {
  const [token, organization, extra] = await Promise.all([
    options.getToken?.(),
    valueOf(options.organization),
    valueOf(options.headers),
  ]);
  const idempotencyKey = op && idempotencyKeyOf(op);
  return {
    ...extra,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(organization && { "turnpike-organization": organization }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
}

function idempotencyKeyOf(op: Operation): string | undefined {
  const key = op.context["idempotencyKey"];
  return typeof key === "string" ? key : undefined;
}
