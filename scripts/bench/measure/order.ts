/**
 * The order in which things are measured in a round, counted from 0. Over as many rounds as there are sides (twice as many,
 * where they are odd) each one has every place equally often and comes right after every other one equally often, so that
 * what a side leaves behind (a busy disk, a warm cache) falls on all others alike. Source: E. J. Williams, "Experimental
 * Designs Balanced for the Estimation of Residual Effects of Treatments", 1949.
 */
export function orderOf<T>(sides: readonly T[], round: number): T[] {
  const count = sides.length;
  const places = sides.map((_, at) => (at % 2 === 1 ? (at + 1) / 2 : (count - at / 2) % count));
  const row = places.flatMap((place) => sides.slice((place + round) % count, ((place + round) % count) + 1));
  return Math.floor(round / count) % 2 === 1 ? row.toReversed() : row;
}
