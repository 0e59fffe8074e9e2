import type { Spread } from "./spread.ts";
import { spreadOf } from "./spread.ts";

/** Something that is measured: one call is one round. */
export interface Side {
  name: string;
  /** One round; answers the figure. The first call of all is the warm-up, whose figure is thrown away. */
  measure(): Promise<number>;
}

/** What a line of the table says: ours against another, in one run. */
export interface Comparison {
  line: string;
  what: string;
  unit: string;
  /** Which way is better. */
  better: "more" | "less";
  ours: Spread;
  against: string;
  theirs: Spread;
  /** Ours divided by theirs, round by round. */
  ratio: Spread;
  rounds: number;
}

/** What is measured, in words. */
export type Subject = Pick<Comparison, "line" | "what" | "unit" | "better">;

/**
 * Measures all sides in turn, round after round, and compares the first with each other one. The order turns round each
 * time: what a side leaves behind (a busy disk, a warm cache) then falls on every other side alike.
 */
export async function compare(
  subject: Subject,
  sides: readonly [Side, ...Side[]],
  { rounds, onRound }: { rounds: number; onRound: (message: string) => void },
): Promise<Comparison[]> {
  const figures = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (const side of sides) await side.measure();
  for (let round = 1; round <= rounds; round += 1) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) figures.get(side)?.push(await side.measure());
    onRound(`${subject.line} ${round}/${rounds}`);
  }
  const [ours, ...others] = sides;
  return others.map((other) => compared(subject, other.name, figures.get(ours) ?? [], figures.get(other) ?? []));
}

/** Compares figures that were taken in pairs. */
export function compared(
  subject: Subject,
  against: string,
  ours: readonly number[],
  theirs: readonly number[],
): Comparison {
  const ratios = ours.map((figure, round) => figure / (theirs[round] ?? Number.NaN));
  return {
    ...subject,
    against,
    ours: spreadOf(ours),
    theirs: spreadOf(theirs),
    ratio: spreadOf(ratios),
    rounds: ratios.length,
  };
}
