import { createTRPCUntypedClient } from "@trpc/client";
import type { CallOptions, RunningSubscription, SubscriptionHandlers } from "./calls.ts";
import type { ClientOptions } from "./client-options.ts";
import { createLinks } from "./links.ts";
import { toTurnpikeError } from "./to-error.ts";

/** Makes a client of the API that `A` describes: one object per router, one procedure per leaf. */
export function connect<A extends object>(options: ClientOptions): A {
  const trpc = createTRPCUntypedClient({ links: createLinks(options) });
  return asApi<A>(createNode(trpc, []));
}

// A path is only known by walking it, so the proxy has no type of its own; `A` is generated from the same router.
function asApi<A extends object>(node: unknown): A {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the reason stands above
  return node as A;
}

type Trpc = ReturnType<typeof createTRPCUntypedClient>;

function createNode(trpc: Trpc, path: readonly string[]): object {
  const children = new Map<string, unknown>();
  return new Proxy(Object.freeze({}), {
    get(_, key) {
      // A node is no promise: `await client` must not become a call named `then`.
      if (typeof key !== "string" || key === "then") return undefined;
      const child = children.get(key) ?? verbs(trpc, path.join("."))[key] ?? createNode(trpc, [...path, key]);
      children.set(key, child);
      return child;
    },
  });
}

function verbs(trpc: Trpc, path: string): Record<string, unknown> {
  if (path === "") return {};
  return {
    query: (input: unknown, options: CallOptions = {}) => settled(trpc.query(path, input, requestOptions(options))),
    mutate: (input: unknown, options: CallOptions = {}) => settled(trpc.mutation(path, input, requestOptions(options))),
    subscribe: (input: unknown, handlers: SubscriptionHandlers<unknown>) => subscribe(trpc, path, input, handlers),
  };
}

function requestOptions({ signal, idempotencyKey }: CallOptions) {
  return { ...(signal && { signal }), ...(idempotencyKey !== undefined && { context: { idempotencyKey } }) };
}

async function settled(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    throw toTurnpikeError(error);
  }
}

function subscribe(
  trpc: Trpc,
  path: string,
  input: unknown,
  handlers: SubscriptionHandlers<unknown>,
): RunningSubscription {
  let isInterrupted = false;
  return trpc.subscription(path, input, {
    ...(handlers.signal && { signal: handlers.signal }),
    onData(item) {
      const data = dataOf(item);
      if (data !== null) return handlers.onData?.(data);
      isInterrupted = false;
      handlers.onStarted?.();
    },
    onConnectionStateChange({ state, error }) {
      if (state !== "connecting" || !error || isInterrupted) return;
      isInterrupted = true;
      handlers.onInterrupted?.(toTurnpikeError(error));
    },
    onComplete: () => handlers.onComplete?.(),
    onError: (error) => handlers.onError?.(toTurnpikeError(error)),
  });
}

/** All subscriptions of the API send items with an id, which the link keeps; one of null is a mark: the stream stands. */
function dataOf(item: unknown): unknown {
  return typeof item === "object" && item !== null ? Reflect.get(item, "data") : undefined;
}
