interface PulseOptions {
  /** What is done at every beat. Never throws; false when it failed and is to be tried again soon. */
  check: () => Promise<boolean>;
  /** Begins to listen to the bus; answers the function that ends it. */
  listen: () => Promise<() => Promise<void>>;
  /** Told of a bus that cannot be listened to. */
  onDeaf: (error: unknown) => void;
}

/** What keeps a hub going while it has streams. */
export interface Pulse {
  /** Resolves when the bus is heard. Starting twice is starting once. */
  start(): Promise<void>;
  /** Lets a check come soon; many wishes make one check, and there is at most one a second. */
  hurry(): void;
  stop(): void;
}

// Chance keeps instances from asking in step.
const beatMs = (): number => 10_000 + Math.random() * 5000;
const leastGapMs = 1000;
const retryMs = 2000;

/** Makes a pulse that is at rest. */
export function createPulse({ check, listen, onDeaf }: PulseOptions): Pulse {
  let listening: Promise<() => Promise<void>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let beganAt = Number.NEGATIVE_INFINITY;
  let isBusy = false;

  function plan(delayMs: number): void {
    const wishedAt = performance.now() + delayMs;
    if (listening === undefined || (timer && dueAt <= wishedAt)) return;
    clearTimeout(timer);
    dueAt = wishedAt;
    timer = setTimeout(() => void beat(), delayMs).unref();
  }

  async function beat(): Promise<void> {
    timer = undefined;
    // One at a time: what was wished for meanwhile comes after it.
    if (isBusy) return plan(leastGapMs);
    isBusy = true;
    beganAt = performance.now();
    const isDone = await check();
    isBusy = false;
    plan(isDone ? beatMs() : retryMs);
  }

  return {
    async start() {
      listening ??= listen().catch((error: unknown) => {
        // The checks find what is not heard.
        onDeaf(error);
        return async () => undefined;
      });
      plan(beatMs());
      await listening;
    },
    hurry: () => plan(Math.max(0, beganAt + leastGapMs - performance.now())),
    stop() {
      clearTimeout(timer);
      timer = undefined;
      // A bus that cannot be left has nobody here to tell any more.
      listening?.then((end) => end()).catch(() => undefined);
      listening = undefined;
    },
  };
}
