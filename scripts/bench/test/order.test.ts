import { expect, test } from "vitest";
import { orderOf } from "../measure/order.ts";

test.each([
  ["two", "ab", 2],
  ["three", "abc", 6],
  ["four", "abcd", 4],
])(
  "each of %s sides follows each other one equally often, and has each place equally often",
  (_name, letters, rounds) => {
    const sides = letters.split("");
    const rows = Array.from({ length: rounds }, (_, round) => orderOf(sides, round));
    const followed = new Map<string, number>();
    const placed = new Map<string, number>();
    for (const row of rows) {
      expect(row.toSorted()).toEqual(sides);
      for (const [at, side] of row.entries()) {
        placed.set(`${side}${at}`, (placed.get(`${side}${at}`) ?? 0) + 1);
        const before = row[at - 1];
        if (before) followed.set(before + side, (followed.get(before + side) ?? 0) + 1);
      }
    }
    expect(followed.size).toBe(sides.length * (sides.length - 1));
    expect(new Set(followed.values()).size).toBe(1);
    expect(placed.size).toBe(sides.length ** 2);
    expect(new Set(placed.values()).size).toBe(1);
  },
);
