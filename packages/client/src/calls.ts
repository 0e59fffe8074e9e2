import type { TurnpikeError } from "./turnpike-error.ts";

/** What every call may be given besides its input. */
export interface CallOptions {
  /** Gives the call up: its promise rejects with `client.aborted`. */
  signal?: AbortSignal | undefined;
  /** Makes a repeated mutation answer as the first did, for 24 hours. Such a call travels alone, outside a batch. */
  idempotencyKey?: string | undefined;
}

/** What a subscription tells. Every handler may be left out. */
export interface SubscriptionHandlers<Item> {
  onData?: ((item: Item) => void) | undefined;
  /** The subscription was refused and does not come back: signed out, no member any more, no such event. */
  onError?: ((error: TurnpikeError) => void) | undefined;
  onComplete?: (() => void) | undefined;
  /** The stream stands: whatever happens from now on is told. Also after a break; items missed in between follow. */
  onStarted?: (() => void) | undefined;
  /**
   * The stream does not stand (any more), and why; it comes again by itself. Told once until `onStarted`, also where the
   * first connection fails, or `getToken` does.
   */
  onInterrupted?: ((error: TurnpikeError) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A running subscription. */
export interface RunningSubscription {
  unsubscribe(): void;
}

/** A procedure that reads. */
export interface Query<Input, Output> {
  query(input: Input, options?: CallOptions): Promise<Output>;
}

/** A procedure that reads and can be asked without input. */
export interface OptionalQuery<Input, Output> {
  query(input?: Input, options?: CallOptions): Promise<Output>;
}

/** A procedure that changes something. */
export interface Mutation<Input, Output> {
  mutate(input: Input, options?: CallOptions): Promise<Output>;
}

/** A procedure that changes something and can be called without input. */
export interface OptionalMutation<Input, Output> {
  mutate(input?: Input, options?: CallOptions): Promise<Output>;
}

/**
 * A procedure that keeps telling. Where a connection breaks or the server is replaced it comes again by itself, after 0.1 s
 * to 30 s, with a fresh token, and goes on after the last item that it got: each item comes once and in order.
 */
export interface Subscription<Input, Item> {
  subscribe(input: Input, handlers: SubscriptionHandlers<Item>): RunningSubscription;
}

/** A procedure that keeps telling and can be asked without input. */
export interface OptionalSubscription<Input, Item> {
  subscribe(input: Input | undefined, handlers: SubscriptionHandlers<Item>): RunningSubscription;
}
