import { expect, test } from "vitest";
import { compared, joinRuns } from "../measure/compare.ts";
import { markdownTable, textTable } from "../report.ts";

const comparison = compared(
  { line: "public-query", what: "products.list", unit: "calls/s", better: "more" },
  "a bare server",
  [1000, 1500, 1000],
  [2000, 2000, 4000],
);

test("a row says what was measured, both figures, and the ratio with how far it spreads", () => {
  const [, row] = textTable([comparison]).split("\n");
  expect(row?.split(/ {2,}/)).toEqual([
    "public-query",
    "products.list, calls/s (more is better)",
    "1,000",
    "a bare server",
    "2,000",
    "0.50×",
    "0.50",
    "0.38–0.63",
    "0.25–0.75",
    "3",
  ]);
});

test("the page's table has a head, a rule and as many cells in each row", () => {
  const rows = markdownTable([comparison]).trimEnd().split("\n");
  expect(rows).toHaveLength(3);
  expect(rows.map((row) => row.split("|").length)).toEqual([12, 12, 12]);
  expect(rows[1]).toMatch(/^\| --- \|/);
});

test("several runs make one row: the rounds of all of them, and the median of each", () => {
  const later = compared(comparison, comparison.against, [600], [2000]);
  const [row] = joinRuns([[comparison], [later]]);
  expect(row).toMatchObject({ rounds: 4, runs: [0.5, 0.3], ours: { median: 1000 }, ratio: { min: 0.25, max: 0.75 } });
  expect(row?.ratio.median).toBeCloseTo(0.4);
  expect(textTable(row ? [row] : [])).toMatch(/ 0\.40× +0\.50 · 0\.30 /);
});

test("runs that measured different things are not put together", () => {
  expect(() => joinRuns([[comparison], []])).toThrow("public-query");
  expect(() => joinRuns([[comparison], [{ ...comparison, against: "another" }]])).toThrow("public-query");
});
