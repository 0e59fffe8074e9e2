import { expect, test } from "vitest";
import { backOffMs } from "../src/back-off.ts";

const [least, most] = [() => 0, () => 1];

test("the first connection after a break is made within a second, later ones wait longer, up to half a minute", () => {
  expect([0, 1, 4, 5, 20].map((failures) => backOffMs(failures, 0, most))).toEqual([
    1000, 2000, 16_000, 30_000, 30_000,
  ]);
});

test("chance spreads clients over the whole time", () => {
  expect([0, 1, 20].map((failures) => backOffMs(failures, 0, least))).toEqual([100, 200, 3000]);
});

test("a server that asks to wait is not asked earlier, but never later than after 45 seconds", () => {
  expect([backOffMs(0, 5000, least), backOffMs(0, 5000, most)]).toEqual([5000, 7500]);
  expect([backOffMs(0, 3_600_000, least), backOffMs(0, 3_600_000, most)]).toEqual([30_000, 45_000]);
});
