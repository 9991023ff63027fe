/** A rate limit: a full bucket at first, refilled evenly. */
export interface TokenBucket {
  readonly has: (tokens: number) => boolean;
  readonly take: (tokens: number) => void;
}

export function createTokenBucket(
  perSecond: number,
  now: () => number,
  capacity: () => number = () => perSecond,
): TokenBucket {
  // What is missing from the full bucket: its capacity may change.
  let taken = 0;
  let filledAt = now();

  function refill(): void {
    const at = now();
    taken = Math.max(0, taken - ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
  }

  return {
    has: (wanted) => {
      refill();
      // Floating point: a thousand refills of a thousandth are not quite one.
      return capacity() - taken + 1e-6 >= wanted;
    },
    take: (tokens) => {
      refill();
      taken += tokens;
    },
  };
}
