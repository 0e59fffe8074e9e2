/**
 * Makes a function of whose calls with one key only one runs at a time in this process: who comes meanwhile gets the
 * same result. Other processes are kept in step by idempotency keys and rows; this only spares Stripe the storm.
 */
export function singleFlight<T>(): (key: string, run: () => Promise<T>) => Promise<T> {
  const underway = new Map<string, Promise<T>>();
  return (key, run) => {
    const running = underway.get(key);
    if (running) return running;
    const started = run().finally(() => underway.delete(key));
    underway.set(key, started);
    return started;
  };
}
