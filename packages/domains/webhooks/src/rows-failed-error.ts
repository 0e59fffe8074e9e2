/** A failure that can be laid on some of the events of a run; the others are not held up by it. `cause` is the failure itself. */
export class RowsFailedError extends Error {
  readonly rowIds: readonly string[];

  constructor(rowIds: readonly string[], cause: unknown) {
    super("Some events of this run failed.", { cause });
    this.name = "RowsFailedError";
    this.rowIds = rowIds;
  }
}
