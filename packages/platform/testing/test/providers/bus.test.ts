import { describe, expect, test } from "vitest";
import type { EventBus } from "@turnpike/core";
import { createMemoryBus } from "@turnpike/providers";
import { useRedis } from "./support/redis-bed.ts";

interface TestBus {
  bus: EventBus;
  /** What subscribers threw. */
  failures: () => unknown[];
}

const implementations: Record<string, () => () => Promise<TestBus>> = {
  memory: () => async () => {
    const failures: unknown[] = [];
    return { bus: createMemoryBus((error) => failures.push(error)), failures: () => failures };
  },
  redis: () => {
    const redis = useRedis();
    return async () => {
      const { bus, log } = await redis.open();
      const failed = () => log.entries.filter(({ event }) => event === "bus.subscriber_failed");
      return { bus, failures: () => failed().map(({ fields }) => fields["error"]) };
    };
  },
};

describe.each(Object.entries(implementations))("%s bus", (_name, prepare) => {
  const create = prepare();

  test("a message reaches every subscriber of its channel, and no other", async () => {
    const { bus } = await create();
    const heard: [string, unknown][] = [];
    for (const name of ["first", "second"]) await bus.subscribe("a", (message) => heard.push([name, message]));
    await bus.subscribe("b", () => heard.push(["wrong", null]));
    await bus.publish("a", { at: new Date(0), gone: undefined });
    const message = { at: "1970-01-01T00:00:00.000Z" };
    expect(heard).toEqual([
      ["first", message],
      ["second", message],
    ]);
    await bus.close();
  });

  test("who has left hears nothing more", async () => {
    const { bus } = await create();
    const heard: unknown[] = [];
    const leave = await bus.subscribe("a", (message) => heard.push(message));
    await bus.publish("a", 1);
    await leave();
    await bus.publish("a", 2);
    expect(heard).toEqual([1]);
    await bus.close();
  });

  test("the same function may subscribe twice: whoever leaves takes only its own subscription", async () => {
    const { bus } = await create();
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    const leave = await bus.subscribe("a", listener);
    await bus.subscribe("a", listener);
    await bus.publish("a", 1);
    expect(heard).toEqual([1, 1]);
    await leave();
    await leave();
    await bus.publish("a", 2);
    expect(heard).toEqual([1, 1, 2]);
    await bus.close();
  });

  test("a subscriber that throws takes the message from nobody else, and nothing from the publisher", async () => {
    const { bus, failures } = await create();
    const heard: unknown[] = [];
    await bus.subscribe("a", () => {
      throw new Error("deaf");
    });
    await bus.subscribe("a", (message) => heard.push(message));
    await bus.publish("a", 1);
    expect(heard).toEqual([1]);
    expect(failures()).toEqual([new Error("deaf")]);
    await bus.close();
  });
});
