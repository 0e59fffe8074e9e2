import { expect, test, vi } from "vitest";
import { DeadlineError } from "@turnpike/core";
import { remembered } from "../src/remembered.ts";

const clock = { ms: 0 };
const options = { forMs: 1000, timeoutMs: 50, now: () => clock.ms };

test("an answer is good for its time, and asked for anew after it", async () => {
  const ask = vi.fn<() => Promise<string>>(async () => "yes");
  const recall = remembered(ask, options);
  expect(await Promise.all([recall(), recall()])).toEqual(["yes", "yes"]);
  clock.ms += 999;
  await recall();
  expect(ask).toHaveBeenCalledTimes(1);
  clock.ms += 1;
  await recall();
  expect(ask).toHaveBeenCalledTimes(2);
});

test("that there was no answer is remembered as well", async () => {
  const ask = vi.fn<() => Promise<string>>(() => Promise.reject(new Error("no")));
  const recall = remembered(ask, options);
  await expect(recall()).rejects.toThrow("no");
  await expect(recall()).rejects.toThrow("no");
  expect(ask).toHaveBeenCalledTimes(1);
});

test("a question that hangs is waited for once, stays the only one, and is given up after a minute", async () => {
  const late = Promise.withResolvers<string>();
  const ask = vi.fn<() => Promise<string>>(() => late.promise);
  const recall = remembered(ask, options);
  await expect(recall()).rejects.toThrow(DeadlineError);
  clock.ms += 59_000;
  await expect(recall()).rejects.toThrow(DeadlineError);
  expect(ask).toHaveBeenCalledTimes(1);
  clock.ms += 1000;
  const second = recall();
  expect(ask).toHaveBeenCalledTimes(2);
  late.resolve("at last");
  expect(await second).toBe("at last");
});
