/** Runs `work` for each item, at most `width` at once, and answers in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, place: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const lane = async (): Promise<void> => {
    // All lanes take from the one iterator.
    for (const [place, item] of entries) results[place] = await work(item, place);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/** The value below which a share (0 to 1) of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Mixes items in an order that is the same each time. */
export function shuffled<T>(items: readonly T[]): T[] {
  let state = 42;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
