import type { EventBus } from "@turnpike/core";

type Listener = (message: unknown) => void;

/** A bus within one process. A subscriber that throws is reported to `onError` and to nobody else. */
export function createMemoryBus(onError: (error: unknown) => void): EventBus {
  // A subscription is an object of its own: whoever subscribes the same function again is not ended by the first one's end.
  const channels = new Map<string, Set<{ listener: Listener }>>();
  return {
    async publish(channel, message) {
      // The same JSON trip that a message makes between processes.
      const text = JSON.stringify(message);
      for (const { listener } of channels.get(channel) ?? []) {
        try {
          const copy: unknown = JSON.parse(text);
          listener(copy);
        } catch (error) {
          onError(error);
        }
      }
    },
    async subscribe(channel, listener) {
      const subscriptions = channels.get(channel) ?? new Set();
      const subscription = { listener };
      channels.set(channel, subscriptions.add(subscription));
      return async () => void subscriptions.delete(subscription);
    },
    async close() {
      channels.clear();
    },
  };
}
