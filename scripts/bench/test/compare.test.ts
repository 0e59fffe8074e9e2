import { expect, test } from "vitest";
import type { Side } from "../measure/compare.ts";
import { compare } from "../measure/compare.ts";

const subject = { line: "a-line", what: "work", unit: "calls/s", better: "more" } as const;

/** A side that gives these figures one after the other, and writes down when it was asked. */
function sideOf(name: string, figures: number[], asked: string[]): Side {
  return {
    name,
    async measure() {
      asked.push(name);
      return figures.shift() ?? Number.NaN;
    },
  };
}

test("the ratio is taken within each round, and the warm-up counts for nothing", async () => {
  const sides = [sideOf("ours", [999, 10, 20, 40], []), sideOf("other", [1, 20, 20, 20], [])] as const;
  const [table] = await compare(subject, sides, { rounds: 3, onRound: () => undefined });
  expect(table).toMatchObject({ against: "other", rounds: 3, ratio: { median: 1, min: 0.5, max: 2 } });
  expect(table).toMatchObject({ ours: { median: 20 }, theirs: { median: 20 } });
});

test("sides take turns, and the order changes from round to round", async () => {
  const asked: string[] = [];
  const sides = [sideOf("a", [1, 1, 1], asked), sideOf("b", [1, 1, 1], asked), sideOf("c", [1, 1, 1], asked)] as const;
  const table = await compare(subject, sides, { rounds: 2, onRound: () => undefined });
  expect(asked.join("")).toBe("abcabcbca");
  expect(table.map(({ against }) => against)).toEqual(["b", "c"]);
});
