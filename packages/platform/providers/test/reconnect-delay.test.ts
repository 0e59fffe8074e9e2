import { expect, test } from "vitest";
import { reconnectDelayMs } from "../src/redis/client.ts";

test("the wait before connecting again doubles up to two seconds, half of it by chance", () => {
  const range = (attempt: number) => [reconnectDelayMs(attempt, () => 0), reconnectDelayMs(attempt, () => 1)];
  expect([1, 2, 3, 6, 7, 2000].map(range)).toEqual([
    [25, 50],
    [50, 100],
    [100, 200],
    [800, 1600],
    [1000, 2000],
    [1000, 2000],
  ]);
});
