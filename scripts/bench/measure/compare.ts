import { orderOf } from "./order.ts";
import type { Spread } from "./spread.ts";
import { spreadOf } from "./spread.ts";

/** Something that is measured: one call is one round. */
export interface Side {
  name: string;
  /** One round; answers the figure. The first call of all is the warm-up, whose figure is thrown away. */
  measure(): Promise<number>;
}

/** What a line of the table says: ours against another. */
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
  /** The median ratio of each run. */
  runs: number[];
  /** What all that was reckoned from: a round of ours and one of theirs have the same place. */
  figures: { ours: number[]; theirs: number[] };
}

/** What is measured, in words. */
export type Subject = Pick<Comparison, "line" | "what" | "unit" | "better">;

/** Measures all sides in turn, round after round, and compares the first with each other one. */
export async function compare(
  subject: Subject,
  sides: readonly [Side, ...Side[]],
  { rounds, onRound }: { rounds: number; onRound: (message: string) => void },
): Promise<Comparison[]> {
  const figures = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (const side of sides) await side.measure();
  for (let round = 0; round < rounds; round += 1) {
    for (const side of orderOf(sides, round)) figures.get(side)?.push(await side.measure());
    onRound(`${subject.line} ${round + 1}/${rounds}`);
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
  const ratio = spreadOf(ours.map((figure, round) => figure / (theirs[round] ?? Number.NaN)));
  return {
    ...subject,
    against,
    ours: spreadOf(ours),
    theirs: spreadOf(theirs),
    ratio,
    rounds: ours.length,
    runs: [ratio.median],
    figures: { ours: [...ours], theirs: [...theirs] },
  };
}

/** Puts the tables of several runs of the same lines together: the rounds of all of them, and the median of each run. Errors: a run has other rows. */
export function joinRuns(tables: readonly Comparison[][]): Comparison[] {
  const [first = []] = tables;
  return first.map((row, at) => {
    const rows = tables.map((table) => table[at]).filter((other) => other !== undefined);
    if (rows.length < tables.length || rows.some(({ what, against }) => what !== row.what || against !== row.against))
      throw new Error(`Not every run has the row ${row.line}, ${row.what}.`);
    const { line, what, unit, better, against } = row;
    const joined = compared(
      { line, what, unit, better },
      against,
      rows.flatMap(({ figures }) => figures.ours),
      rows.flatMap(({ figures }) => figures.theirs),
    );
    return { ...joined, runs: rows.flatMap(({ runs }) => runs) };
  });
}
