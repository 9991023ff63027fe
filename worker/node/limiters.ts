/** Rates counted in this process's memory, where no platform counts them. */

import { createBoundedMap } from '../bounded-map.ts';
import type { Limiter, RelayRuntime } from '../runtime.ts';

/** Keys that are counted at a time: a stranger can make up any number. Some 10 MB of memory. */
const MAX_KEYS = 100_000;

export interface Rate {
  /** So many at once, and so many in each period in the long run. */
  readonly limit: number;
  readonly periodMs: number;
}

interface Bucket {
  readonly tokens: number;
  /** When it held them. */
  readonly at: number;
}

/**
 * A token bucket for each key. Where there are too many keys the one that was not seen for longest is forgotten: it has had
 * the most time to fill up again.
 */
export function createLimiter(
  { limit, periodMs }: Rate,
  { now }: Pick<RelayRuntime, 'now'>,
  maxKeys: number = MAX_KEYS,
): Limiter {
  const buckets = createBoundedMap<Bucket>(maxKeys);

  return async function admit(key) {
    const at = now();
    const { tokens, at: before } = buckets.get(key) ?? { tokens: limit, at };
    // A clock that was set back fills nothing.
    const filled = Math.min(limit, tokens + (Math.max(0, at - before) * limit) / periodMs);
    const isWithin = filled >= 1;
    buckets.set(key, { tokens: isWithin ? filled - 1 : filled, at });
    return isWithin;
  };
}
