/** Prints each step with the milliseconds it took. */
export class Steps {
  readonly #write: (line: string) => void;
  #number = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Runs a step; `say` puts its result into words. A step that fails is named in the error. */
  async run<T>(title: string, work: () => Promise<T>, say: (result: T) => string): Promise<T> {
    this.#number += 1;
    const startedAt = performance.now();
    try {
      const result = await work();
      const tookMs = Math.round(performance.now() - startedAt);
      this.#write(
        `${String(this.#number).padStart(2)}  ${title.padEnd(34)} ${String(tookMs).padStart(6)} ms  ${say(result)}\n`,
      );
      return result;
    } catch (error) {
      throw new Error(
        `step ${this.#number} (${title}) failed: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
}
