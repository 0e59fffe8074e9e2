import { expect, test } from "vitest";
import { spreadOf } from "../measure/spread.ts";

test("the middle and the quartiles lie between the nearest figures, whatever their order", () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, q1: 1.75, q3: 3.25, min: 1, max: 4 });
});

test("one figure is its own spread", () => {
  expect(spreadOf([7])).toEqual({ median: 7, q1: 7, q3: 7, min: 7, max: 7 });
});

test("no figures are refused", () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});
