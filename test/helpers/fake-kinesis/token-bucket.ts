/** A rate limit: a full bucket at first, refilled evenly. */
export interface TokenBucket {
  readonly has: (tokens: number) => boolean;
  readonly take: (tokens: number) => void;
}

export function createTokenBucket(
  perSecond: number,
  now: () => number,
  capacity = perSecond,
): TokenBucket {
  let tokens = capacity;
  let filledAt = now();

  function refill(): void {
    const at = now();
    tokens = Math.min(capacity, tokens + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
  }

  return {
    has: (wanted) => {
      refill();
      // Floating point: a thousand refills of a thousandth are not quite one.
      return tokens + 1e-6 >= wanted;
    },
    take: (taken) => {
      refill();
      tokens -= taken;
    },
  };
}
