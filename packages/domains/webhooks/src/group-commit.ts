import { coreErrors } from "@turnpike/core";

/** Writes items together that come while a write is on its way. */
export interface GroupCommit<T> {
  /**
   * Resolves when the item is committed: true when it was new. Errors: core.unavailable when too much waits already, else
   * what the write threw.
   */
  add(item: T): Promise<boolean>;
}

/** What one write takes at most, and what may be held in all, in items and bytes. */
export interface GroupLimits {
  batchItems: number;
  batchBytes: number;
  heldItems: number;
  heldBytes: number;
}

interface GroupOptions<T> {
  /** Writes all or nothing, and returns the items that were new. */
  write: (items: readonly T[]) => Promise<ReadonlySet<T>>;
  sizeBytesOf: (item: T) => number;
  /** Whether a failure may lie in one item, so that the others are worth a try without it. */
  isItemFault: (error: unknown) => boolean;
  limits: GroupLimits;
}

interface Entry<T> {
  item: T;
  sizeBytes: number;
  resolve: (isNew: boolean) => void;
  reject: (error: unknown) => void;
}

/**
 * One write at a time: what comes meanwhile waits for it and then goes together, so the more there is the less each costs,
 * and a lone item waits for nobody. Each is answered after its own commit.
 */
export function createGroupCommit<T>(options: GroupOptions<T>): GroupCommit<T> {
  const { sizeBytesOf, limits } = options;
  const waiting: Entry<T>[] = [];
  const held = { items: 0, bytes: 0 };
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchLength(waiting, limits));
      await settle(options, batch);
      held.items -= batch.length;
      for (const { sizeBytes } of batch) held.bytes -= sizeBytes;
    }
    isWriting = false;
  };
  return {
    async add(item) {
      const sizeBytes = sizeBytesOf(item);
      if (held.items >= limits.heldItems || held.bytes + sizeBytes > limits.heldBytes) {
        throw coreErrors.unavailable({ reason: "intake_full", ...held });
      }
      held.items += 1;
      held.bytes += sizeBytes;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      waiting.push({ item, sizeBytes, resolve, reject });
      // Not before this turn of the loop has read what else has arrived.
      if (!isWriting) setImmediate(() => void writeAll());
      isWriting = true;
      return promise;
    },
  };
}

/** How many of those that wait longest fit into one write; at least one. */
function batchLength<T>(waiting: readonly Entry<T>[], { batchItems, batchBytes }: GroupLimits): number {
  let bytes = 0;
  const tooMuch = waiting.findIndex(({ sizeBytes }, place) => {
    bytes += sizeBytes;
    return place > 0 && (place >= batchItems || bytes > batchBytes);
  });
  return tooMuch === -1 ? waiting.length : tooMuch;
}

/**
 * Writes a batch and tells each entry how it went. A failure that may lie in one of them is told to that one only: it is
 * looked for by halves, in few writes. Any other failure is told to all that are left, which would fare no better.
 */
async function settle<T>(options: GroupOptions<T>, batch: readonly Entry<T>[]): Promise<void> {
  const parts = [batch];
  for (let part = parts.shift(); part; part = parts.shift()) {
    try {
      const added = await options.write(part.map(({ item }) => item));
      for (const { item, resolve } of part) resolve(added.has(item));
    } catch (error) {
      if (!options.isItemFault(error)) return [part, ...parts].flat().forEach(({ reject }) => reject(error));
      if (part.length === 1) part.forEach(({ reject }) => reject(error));
      else parts.unshift(...halvesOf(part));
    }
  }
}

function halvesOf<T>(part: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
}
