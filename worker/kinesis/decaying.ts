/** A sum that halves with time: what counts is what was added of late. */
export interface Decaying {
  readonly add: (amount: number) => number;
  readonly value: () => number;
  readonly scale: (factor: number) => void;
}

/** `most`: however much is added, it is forgotten in the same time. */
export function createDecaying(
  now: () => number,
  halfLifeMs: number,
  most: number = Number.POSITIVE_INFINITY,
): Decaying {
  let sum = 0;
  let at = now();

  function value(): number {
    const moment = now();
    sum *= 0.5 ** (Math.max(0, moment - at) / halfLifeMs);
    at = moment;
    return sum;
  }

  return {
    value,
    add(amount) {
      sum = Math.min(most, value() + amount);
      return sum;
    },
    scale(factor) {
      sum = value() * factor;
    },
  };
}
