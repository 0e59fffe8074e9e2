import { EventEmitter } from "node:events";
import type { EventBus } from "@turnpike/core";

/** A bus within one process. */
export function createMemoryBus(): EventBus {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    async publish(channel, message) {
      // The same JSON trip that a message makes between processes.
      const copy: unknown = JSON.parse(JSON.stringify(message));
      emitter.emit(channel, copy);
    },
    async subscribe(channel, listener) {
      emitter.on(channel, listener);
      return async () => void emitter.off(channel, listener);
    },
    async close() {
      emitter.removeAllListeners();
    },
  };
}
