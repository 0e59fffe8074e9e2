import type { Listener, Module } from "./module.ts";

/** The queue of one durable listener. */
export function listenerQueue(module: Module, listener: Listener): string {
  return `${module.name}.on.${listener.name}`;
}

/** Every durable listener of an event, with the module it belongs to. */
export function listenersOf(modules: readonly Module[], eventName: string): { module: Module; listener: Listener }[] {
  return modules.flatMap((module) =>
    (module.listeners ?? []).filter(({ event }) => event.name === eventName).map((listener) => ({ module, listener })),
  );
}
