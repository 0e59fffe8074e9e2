import type { EventBus } from "@turnpike/core";

type Listener = (message: unknown) => void;

/** A bus within one process. A subscriber that throws is reported to `onError` and to nobody else. */
export function createMemoryBus(onError: (error: unknown) => void): EventBus {
  const channels = new Map<string, Set<Listener>>();
  return {
    async publish(channel, message) {
      // The same JSON trip that a message makes between processes.
      const text = JSON.stringify(message);
      for (const listener of channels.get(channel) ?? []) {
        try {
          const copy: unknown = JSON.parse(text);
          listener(copy);
        } catch (error) {
          onError(error);
        }
      }
    },
    async subscribe(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      return async () => void listeners.delete(listener);
    },
    async close() {
      channels.clear();
    },
  };
}
