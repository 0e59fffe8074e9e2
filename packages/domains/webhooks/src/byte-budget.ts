/** Bytes that may be held at once. */
export interface ByteBudget {
  /** Takes bytes; false when there are not so many left. */
  take(bytes: number): boolean;
  /** Gives bytes back that were taken. */
  give(bytes: number): void;
}

/** A budget of so many bytes. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}
