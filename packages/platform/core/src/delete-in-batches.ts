const batchRows = 1000;
const maxBatches = 500;

/**
 * Deletes what is old a thousand rows at a time, so that no transaction holds locks for long: calls `deleteSome`, which
 * takes the most it may delete and says how many it did, until there are fewer. Stops at half a million; the next run goes
 * on. Returns how many in all.
 */
export async function deleteInBatches(deleteSome: (maxRows: number) => Promise<number>): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await deleteSome(batchRows);
    deleted += count;
    if (count < batchRows) break;
  }
  return deleted;
}
