import { listenerQueue } from "@turnpike/core";
import type { Module } from "@turnpike/core";

const listenerRetryLimit = 10;
// One that a deploy interrupts is done by the next process; one that fails twice is for an operator.
const scheduleRetryLimit = 1;

/** The queue of one schedule. */
export function scheduleQueue(module: Module, name: string): string {
  return `${module.name}.schedule.${name}`;
}

/** Every queue that the modules need: one per job kind, per durable listener and per schedule. */
export function jobQueues(modules: readonly Module[]): { queue: string; retryLimit: number }[] {
  return modules.flatMap((module) => [
    ...(module.jobs ?? []).map(({ queue, retryLimit }) => ({ queue, retryLimit })),
    ...(module.listeners ?? []).map((listener) => ({
      queue: listenerQueue(module, listener),
      retryLimit: listenerRetryLimit,
    })),
    ...(module.schedules ?? []).map(({ name }) => ({
      queue: scheduleQueue(module, name),
      retryLimit: scheduleRetryLimit,
    })),
  ]);
}
