import { expect, test } from "vitest";
import { createMemoryBus } from "@turnpike/providers";
import { createPulse } from "../src/pulse.ts";

test("a pulse that stops and starts again while the bus is still being joined goes on hearing", async () => {
  const bus = createMemoryBus((error) => {
    throw error;
  });
  const heard: unknown[] = [];
  const hear = (message: unknown): void => void heard.push(message);
  const joined = Promise.withResolvers<void>();
  const pulse = createPulse({
    check: async () => true,
    async listen() {
      const end = await bus.subscribe("events", hear);
      await joined.promise;
      return end;
    },
    onDeaf: (error) => {
      throw error;
    },
  });
  const first = pulse.start();
  pulse.stop();
  const second = pulse.start();
  joined.resolve();
  await Promise.all([first, second]);
  await bus.publish("events", 1);
  expect(heard).toEqual([1]);
  pulse.stop();
});
