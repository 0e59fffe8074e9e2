import { expect, test } from "vitest";
import { coreErrors, DeadlineError, withDeadline } from "../src/index.ts";

const never = new Promise(() => undefined);

test("work that is late is given up, work in time is not", async () => {
  await expect(withDeadline(never, 1)).rejects.toThrow(DeadlineError);
  expect(await withDeadline(Promise.resolve("in time"), 60_000)).toBe("in time");
});

test("work that fails in time fails with its own error", async () => {
  await expect(withDeadline(Promise.reject(new TypeError("broken")), 60_000)).rejects.toThrow(TypeError);
});

test("the caller may name the error of what is late", async () => {
  await expect(withDeadline(never, 1, () => coreErrors.unavailable())).rejects.toMatchObject({
    appCode: "core.unavailable",
  });
});
