/** Says what is being prepared, one line each with the seconds since the start. */
export function createProgress(): { step: (message: string) => void; done: () => void } {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  return {
    step: (message) => void process.stdout.write(`${seconds()}  ${message}\n`),
    done: () => void process.stdout.write(`${seconds()}  ready\n`),
  };
}
