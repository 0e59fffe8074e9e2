/** Bytes that may be held at once, of all senders together and of each. */
export interface ByteBudget {
  /** Takes bytes for a sender; false when there are not so many left. */
  take(sender: string, bytes: number): boolean;
  /** Gives bytes back that were taken for a sender. */
  give(sender: string, bytes: number): void;
}

/** A budget of so many bytes, of which one sender gets no more than its share. */
export function createByteBudget(limits: { maxBytes: number; maxBytesPerSender: number }): ByteBudget {
  let taken = 0;
  const takenBy = new Map<string, number>();
  const add = (sender: string, bytes: number): void => {
    taken += bytes;
    const ofSender = (takenBy.get(sender) ?? 0) + bytes;
    if (ofSender === 0) takenBy.delete(sender);
    else takenBy.set(sender, ofSender);
  };
  return {
    take(sender, bytes) {
      if (taken + bytes > limits.maxBytes) return false;
      if ((takenBy.get(sender) ?? 0) + bytes > limits.maxBytesPerSender) return false;
      add(sender, bytes);
      return true;
    },
    give(sender, bytes) {
      add(sender, -bytes);
    },
  };
}
