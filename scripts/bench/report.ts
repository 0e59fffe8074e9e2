import type { Comparison } from "./measure/compare.ts";
import type { Spread } from "./measure/spread.ts";

const heads = [
  "line",
  "measured",
  "ours",
  "against",
  "theirs",
  "ours ÷ theirs",
  "each run",
  "quartiles",
  "min–max",
  "rounds",
];

/** The table for a terminal. */
export function textTable(comparisons: readonly Comparison[]): string {
  const rows = [heads, ...comparisons.map(cells)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** The table for a page. */
export function markdownTable(comparisons: readonly Comparison[]): string {
  const rows = [heads, heads.map(() => "---"), ...comparisons.map(cells)];
  return rows.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function cells({ line, what, unit, better, ours, against, theirs, ratio, runs, rounds }: Comparison): string[] {
  return [
    line,
    `${what}, ${unit} (${better} is better)`,
    figure(ours.median),
    against,
    figure(theirs.median),
    `${factor(ratio.median)}×`,
    runs.map(factor).join(" · "),
    range(ratio, "q1", "q3"),
    range(ratio, "min", "max"),
    String(rounds),
  ];
}

function range(ratio: Spread, from: "q1" | "min", to: "q3" | "max"): string {
  return `${factor(ratio[from])}–${factor(ratio[to])}`;
}

function factor(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function figure(value: number): string {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
}
