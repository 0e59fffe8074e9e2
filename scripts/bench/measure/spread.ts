/** The middle of some figures and how far they lie apart. */
export interface Spread {
  median: number;
  /** First and third quartile: half of the figures lie between them. */
  q1: number;
  q3: number;
  min: number;
  max: number;
}

/** Sums figures up. Quantiles lie between the two nearest figures in proportion. Errors: no figures. */
export function spreadOf(figures: readonly number[]): Spread {
  if (figures.length === 0) throw new RangeError("There is no spread of no figures.");
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number): number => quantile(sorted, share);
  return { median: at(0.5), q1: at(0.25), q3: at(0.75), min: at(0), max: at(1) };
}

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position % 1);
}
